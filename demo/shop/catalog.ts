/** The shop's products. The server takes prices from here; the page only shows them. */
export interface Product {
  readonly sku: Sku;
  /** Kopecks. */
  readonly price: number;
  readonly name: Text;
  readonly note: Text;
}

export interface Text {
  readonly ru: string;
  readonly en: string;
}

export const SKUS = ['chamomile', 'fireweed', 'oolong', 'honey', 'bowl', 'teapot'] as const;
export type Sku = (typeof SKUS)[number];

export const CATALOG: readonly Product[] = [
  {
    sku: 'chamomile',
    price: 320_00,
    name: { ru: 'Ромашка с мятой', en: 'Chamomile and mint' },
    note: { ru: 'Вечерний сбор, 40\u00a0г', en: 'An evening blend, 40\u00a0g' },
  },
  {
    sku: 'fireweed',
    price: 390_00,
    name: { ru: 'Иван-чай', en: 'Fireweed tea' },
    note: { ru: 'Вологодский луг, 50\u00a0г', en: 'From a meadow near Vologda, 50\u00a0g' },
  },
  {
    sku: 'oolong',
    price: 690_00,
    name: { ru: 'Улун «Те Гуань Инь»', en: 'Tie Guan Yin oolong' },
    note: { ru: 'Весенний сбор, 50\u00a0г', en: 'Spring harvest, 50\u00a0g' },
  },
  {
    sku: 'honey',
    price: 560_50,
    name: { ru: 'Липовый мёд', en: 'Linden honey' },
    note: { ru: 'Светлый, 250\u00a0г', en: 'Light, 250\u00a0g' },
  },
  {
    sku: 'bowl',
    price: 850_00,
    name: { ru: 'Пиала «Туман»', en: 'Mist tea bowl' },
    note: { ru: 'Фарфор, 80\u00a0мл', en: 'Porcelain, 80\u00a0ml' },
  },
  {
    sku: 'teapot',
    price: 2_490_00,
    name: { ru: 'Глиняный чайник', en: 'Clay teapot' },
    note: { ru: 'Ручная работа, 350\u00a0мл', en: 'Made by hand, 350\u00a0ml' },
  },
];

/** The limits of a gift certificate's amount, in kopecks. */
export const GIFT_SKU = 'gift';
export const GIFT_MIN = 100_00;
export const GIFT_MAX = 100_000_00;
export const GIFT_NAME: Text = { ru: 'Подарочный сертификат', en: 'Gift certificate' };

export const MAX_QUANTITY = 20;

export function findProduct(sku: string): Product | undefined {
  return CATALOG.find((product) => product.sku === sku);
}
