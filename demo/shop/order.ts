/** What the shop's server and its page say to each other. */

export interface OrderLine {
  readonly sku: string;
  readonly quantity: number;
  /** Kopecks for one. */
  readonly price: number;
}

/** Decided by the shop's server alone, from signed webhooks. `failed`: nothing can be paid, until the buyer asks to pay again. */
export type OrderStatus = 'waiting' | 'paid' | 'failed';

/** Money that came on top of what pays the order, or too late for it; `not_returned` is for a person to give back. */
export type ExtraPayment = 'returning' | 'returned' | 'not_returned';

export interface Order {
  readonly id: string;
  readonly lines: readonly OrderLine[];
  /** Kopecks. */
  readonly amount: number;
  readonly status: OrderStatus;
  /** Each of them is of the whole `amount`. */
  readonly extraPayments: readonly ExtraPayment[];
  /** Grows with each change: an answer that is not newer is dropped. */
  readonly revision: number;
}

/** An order with what the page needs to have it paid. */
export interface OrderAnswer {
  readonly order: Order;
  /** For `<sbp-checkout token>`; `null` once there is nothing to pay. */
  readonly token: string | null;
  /** To print inside `<sbp-checkout>`, as it is. */
  readonly fallbackHtml: string | null;
  /** For `<sbp-checkout endpoint>`. */
  readonly endpoint: string;
}

export interface About {
  /** The shop as a phone on the same network sees it; `null` when there is no such address. */
  readonly lanUrl: string | null;
  /** The checkout's script. */
  readonly script: string;
}
