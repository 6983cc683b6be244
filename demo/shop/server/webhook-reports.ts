/** Reads a verified webhook from its signed body only: the signature does not cover the headers. */

/** The payment's status after a change. */
export interface PaymentReport {
  readonly kind: 'payment';
  readonly orderId: string;
  readonly paymentId: string;
  readonly status: string;
  /** Kopecks. */
  readonly amount: number;
  /** The payment's version, which increases with each change. */
  readonly version: number;
  /** True for a test payment: no money moves. */
  readonly test: boolean;
  /** True if the payment was paid after its cancel and the companion refunds it: do not ship the order. */
  readonly givenBack: boolean;
}

/** The result of a refund. */
export interface RefundReport {
  readonly kind: 'refund';
  readonly orderId: string;
  readonly paymentId: string;
  readonly succeeded: boolean;
  /** True if the whole payment is refunded now. */
  readonly whole: boolean;
}

export type WebhookReport = PaymentReport | RefundReport;

/** Returns `null` for a webhook that changes no payment: a test, an attention, or an event of a later version. */
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
