import type { Dictionary, Forms } from './dictionary.ts';

export interface AutoReturnTexts {
  readonly returning: Forms;
  readonly stay: string;
}

export const AUTO_RETURN_TEXTS: Dictionary<AutoReturnTexts> = {
  ru: {
    returning: {
      one: 'Вернём в магазин через {count} секунду',
      few: 'Вернём в магазин через {count} секунды',
      many: 'Вернём в магазин через {count} секунд',
      other: 'Вернём в магазин через {count} секунды',
    },
    stay: 'Остаться здесь',
  },
  en: {
    returning: {
      one: "We'll take you back to the shop in {count} second",
      other: "We'll take you back to the shop in {count} seconds",
    },
    stay: 'Stay here',
  },
};
