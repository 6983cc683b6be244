import type { About, OrderAnswer } from './order.ts';
import type { Locale } from './words.ts';

/** Everything the page shows; the views only read it. */
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
      /** Stays when the order is paid, so that the checkout can show its result. */
      readonly token: string | null;
      /** The checkout says that the payment is paid, and the shop's server has not heard of it yet. */
      readonly confirming: boolean;
    };

/** What the views may ask for. */
export interface Actions {
  setLocale(locale: Locale): void;
  setQuantity(sku: string, quantity: number): void;
  setGift(text: string): void;
  buyCart(): void;
  buyGift(): void;
  retry(): void;
  openShop(): void;
  /** The checkout has a result; `paid` or another one. */
  confirm(paid: boolean): void;
}
