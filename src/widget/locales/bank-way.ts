import type { Locale } from './locale.ts';

/** The words around a bank's app: loaded with the bank list. */
export interface BankWayTexts {
  readonly notOpened: string;
  readonly openAgain: string;
  readonly otherBank: string;
}

export const BANK_WAY_TEXTS: Readonly<Record<Locale, BankWayTexts>> = {
  ru: { notOpened: 'Приложение не открылось?', openAgain: 'Открыть ещё раз', otherBank: 'Другой банк' },
  en: { notOpened: "App didn't open?", openAgain: 'Open again', otherBank: 'Another bank' },
};
