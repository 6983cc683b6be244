import type { Dictionary } from './dictionary.ts';

/** The words after a bank was tapped: loaded with the bank list. */
export interface BankWayTexts {
  readonly notOpened: string;
  readonly openAgain: string;
  readonly otherBank: string;
}

export const BANK_WAY_TEXTS: Dictionary<BankWayTexts> = {
  ru: { notOpened: 'Приложение не открылось?', openAgain: 'Открыть ещё раз', otherBank: 'Другой банк' },
  en: { notOpened: "App didn't open?", openAgain: 'Open again', otherBank: 'Another bank' },
};
