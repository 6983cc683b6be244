/** Messages between the shop's server and its page. */

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  /** Kopecks for one item. */
  readonly price: number;
}

/** The shop's server sets the status from signed webhooks only. `failed`: there is no open payment until the buyer starts a new one. */
export type OrderStatus = 'waiting' | 'paid' | 'failed';

/** Payments beyond the one that pays the order, or too late for it. `not_returned`: a person must refund it. */
export type ExtraPayment = 'returning' | 'returned' | 'not_returned';

export interface Order {
  readonly id: string;
  readonly lines: readonly OrderLine[];
  /** Kopecks. */
  readonly amount: number;
  readonly status: OrderStatus;
  /** Each extra payment is of the whole `amount`. */
  readonly extraPayments: readonly ExtraPayment[];
  /** Increases with each change, so that the page can ignore an older response. */
  readonly revision: number;
}

/** An order with the values that `<sbp-checkout>` needs. */
export interface OrderAnswer {
  readonly order: Order;
  /** For `<sbp-checkout token>`; `null` when there is nothing to pay. */
  readonly token: string | null;
  /** HTML to print inside `<sbp-checkout>` unchanged. */
  readonly fallbackHtml: string | null;
  /** For `<sbp-checkout endpoint>`. */
  readonly endpoint: string;
}

export interface About {
  /** The shop's address for a phone on the same network; `null` without a network. */
  readonly lanUrl: string | null;
  /** URL of the checkout's script. */
  readonly script: string;
}
