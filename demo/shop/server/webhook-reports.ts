/** What a verified webhook says, read from its signed body alone: headers are not covered by the signature. */

/** The payment's status after a change. */
export interface PaymentReport {
  readonly kind: 'payment';
  readonly orderId: string;
  readonly paymentId: string;
  readonly status: string;
  /** Kopecks. */
  readonly amount: number;
  /** Of the payment; it grows with each change. */
  readonly version: number;
  /** No money moves. */
  readonly test: boolean;
  /** The money came after the shop had canceled the payment, and the companion gives it back: nothing is to be shipped. */
  readonly givenBack: boolean;
}

/** A refund's result. */
export interface RefundReport {
  readonly kind: 'refund';
  readonly orderId: string;
  readonly paymentId: string;
  readonly succeeded: boolean;
  /** Whether the whole payment is given back by now. */
  readonly whole: boolean;
}

export type WebhookReport = PaymentReport | RefundReport;

/** `null` for what changes no payment: a test, an attention, an event of a later version of the companion. */
export function readReport(payload: Readonly<Record<string, unknown>>): WebhookReport | null {
  const event = String(payload['event']);
  const ids = { orderId: String(payload['order_id']), paymentId: String(payload['payment_id']) };
  if (event === 'refund.succeeded' || event === 'refund.failed') {
    const whole = payload['payment_status'] === 'refunded';
    return { kind: 'refund', ...ids, succeeded: event === 'refund.succeeded', whole };
  }
  if (!event.startsWith('payment.') || event === 'payment.attention') return null;
  return {
    kind: 'payment',
    ...ids,
    status: event === 'payment.renewed' ? 'created' : event.slice('payment.'.length),
    amount: Number(payload['amount']),
    version: Number(payload['version']),
    test: payload['test'] === true,
    givenBack: payload['on_late'] === 'refund',
  };
}
