/** Calls to the companion about one payment: create, cancel, refund. */
import { callCompanion, CompanionRefusal, type CompanionOptions } from './companion.ts';

export interface PaymentRequest {
  readonly order_id: string;
  /** Kopecks. */
  readonly amount: number;
  readonly description: string;
  readonly return_url: string;
  readonly callback_url: string;
  /** The payer. Some acquirers require parts of this. */
  readonly customer?: { readonly ip: string; readonly phone: string; readonly email: string };
  /** The methods that this shop offers. Defaults to the companion's first one. */
  readonly methods?: readonly string[];
}

export interface StartedPayment {
  readonly paymentId: string;
  readonly token: string;
  /** HTML to print inside `<sbp-checkout>`: the buyer sees it before the element loads, and without it. */
  readonly fallbackHtml: string | null;
}

/**
 * Creates a payment. After a lost response the create is repeated with the same key, which returns the same payment and never
 * creates a second one.
 */
export async function startPayment(
  companion: CompanionOptions,
  request: PaymentRequest,
  idempotencyKey: string,
): Promise<StartedPayment> {
  const answer = await callCompanion(companion, '/payments', {
    json: request,
    idempotencyKey,
  });
  const { payment_id: paymentId, token, fallback_html: html } = answer;
  if (typeof paymentId === 'string' && typeof token === 'string')
    return { paymentId, token, fallbackHtml: typeof html === 'string' ? html : null };
  throw new Error('The response of the companion has no payment');
}

/**
 * Cancels a payment finally, also an expired one and its renewals. `ended`: the companion refunds late money
 * (`on_late: "refund"`). `has_money`: it was just paid, and its webhook is on the way.
 */
export async function endPayment(
  companion: CompanionOptions,
  paymentId: string,
): Promise<'ended' | 'has_money'> {
  const path = `/payments/${paymentId}`;
  try {
    await callCompanion(companion, `${path}/cancel`, { json: { on_late: 'refund' } });
    return 'ended';
  } catch (error) {
    if (!(error instanceof CompanionRefusal)) throw error;
    if (error.code === 'invalid_fields') {
      // This acquirer has no refunds in its API. Late money is reported as `payment.paid`.
      await callCompanion(companion, `${path}/cancel`, { json: {} });
      return 'ended';
    }
    if (error.code !== 'not_cancelable') throw error;
    const { status } = await callCompanion(companion, path);
    return status === 'failed' ? 'ended' : 'has_money';
  }
}

/** Returns true if the payer can renew this expired payment in the checkout. */
export async function isRenewable(companion: CompanionOptions, paymentId: string): Promise<boolean> {
  const payment = await callCompanion(companion, `/payments/${paymentId}`);
  return payment['status'] !== 'expired' || payment['renewable_until'] !== null;
}

/** Refunds the whole payment. The result may arrive later by webhook. Throws a {@link CompanionRefusal} if it is refused. */
export async function refundPayment(
  companion: CompanionOptions,
  paymentId: string,
  reason: string,
): Promise<'pending' | 'succeeded' | 'failed'> {
  const { status } = await callCompanion(companion, '/refunds', {
    json: { payment_id: paymentId, reason },
    // One refund for each payment, however often this is called.
    idempotencyKey: `refund-${paymentId}`,
  });
  return status as 'pending' | 'succeeded' | 'failed';
}
