import type { Dictionary, Forms } from './dictionary.ts';

/** The texts of the bank picker, loaded with it. */
export interface BankTexts {
  readonly openApp: string;
  readonly search: string;
  readonly clearSearch: string;
  readonly recent: string;
  readonly allBanks: string;
  readonly found: Forms;
  readonly nothingFound: string;
  readonly openLink: string;
  readonly banksFailed: string;
}

export const BANK_TEXTS: Dictionary<BankTexts> = {
  ru: {
    openApp: 'Открыть приложение банка',
    search: 'Найти банк',
    clearSearch: 'Показать все банки',
    recent: 'Недавние',
    allBanks: 'Все банки',
    found: {
      one: 'Найден {count} банк',
      few: 'Найдено {count} банка',
      many: 'Найдено {count} банков',
      other: 'Найдено {count} банка',
    },
    nothingFound: 'Не нашли банк? Покажите QR-код другому устройству.',
    openLink: 'Открыть ссылку СБП',
    banksFailed: 'Список банков не загрузился. Можно показать QR-код другому устройству.',
  },
  en: {
    openApp: 'Open the bank app',
    search: 'Find a bank',
    clearSearch: 'Show all banks',
    recent: 'Recent',
    allBanks: 'All banks',
    found: { one: '{count} bank found', other: '{count} banks found' },
    nothingFound: "Can't find your bank? Scan the QR with another device.",
    openLink: 'Open the SBP link',
    banksFailed: "The list of banks didn't load. You can scan the QR with another device.",
  },
};
