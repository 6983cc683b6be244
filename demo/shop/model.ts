import type { About, OrderAnswer } from './order.ts';
import type { Locale } from './texts.ts';

/** The state of the page. Views only read it. */
export interface Model {
  readonly locale: Locale;
  readonly about: About | null;
  /** Quantities by sku. */
  readonly cart: ReadonlyMap<string, number>;
  readonly place: Place;
  /** The gift certificate's field, as typed. */
  readonly gift: { readonly text: string; readonly bad: boolean };
  readonly starting: boolean;
  readonly trouble: 'start' | 'script' | null;
}

export type Place =
  | { readonly kind: 'shop' }
  | { readonly kind: 'missing' }
  | {
      readonly kind: 'order';
      readonly answer: OrderAnswer;
      /** Kept after the order is paid, so that the checkout can show its result. */
      readonly token: string | null;
      /** True while the checkout shows "paid" and the shop's server has no webhook yet. */
      readonly confirming: boolean;
    };

/** The actions of the views. */
export interface Actions {
  setLocale(locale: Locale): void;
  setQuantity(sku: string, quantity: number): void;
  setGift(text: string): void;
  buyCart(): void;
  buyGift(): void;
  retry(): void;
  openShop(): void;
  /** Called with the checkout's result, `paid` or another one. */
  confirm(paid: boolean): void;
}
