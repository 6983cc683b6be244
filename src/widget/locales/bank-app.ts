import type { Dictionary } from './dictionary.ts';

/** The texts after a tap on a bank, loaded with the bank list. */
export interface BankAppTexts {
  readonly notOpened: string;
  readonly openAgain: string;
  readonly otherBank: string;
}

export const BANK_APP_TEXTS: Dictionary<BankAppTexts> = {
  ru: { notOpened: 'Приложение не открылось?', openAgain: 'Открыть ещё раз', otherBank: 'Другой банк' },
  en: { notOpened: "App didn't open?", openAgain: 'Open again', otherBank: 'Another bank' },
};
