/** The calls to the companion about one payment: begin, end, refund. */
import { callCompanion, CompanionRefusal, type CompanionOptions } from './companion.ts';

export interface PaymentRequest {
  readonly order_id: string;
  /** Kopecks. */
  readonly amount: number;
  readonly description: string;
  readonly return_url: string;
  readonly callback_url: string;
  /** Who pays: some acquirers insist on parts of it. */
  readonly customer?: { readonly ip: string; readonly phone: string; readonly email: string };
  /** The ways to pay that this shop offers; the companion's first one unless given. */
  readonly methods?: readonly string[];
}

export interface StartedPayment {
  readonly paymentId: string;
  readonly token: string;
  /** To print inside `<sbp-checkout>`: what the buyer sees before the element, and without it. */
  readonly fallbackHtml: string | null;
}

/**
 * Begins a payment. An answer that was lost on the way is asked for again under the same key, which gives the same
 * payment and never a second one.
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
  throw new Error('The companion answered without a payment');
}

/**
 * Ends a payment for good, an expired one and its renewals as well. `ended`: money that comes all the same is given back
 * by the companion (`on_late: "refund"`). `has_money`: it was paid a moment before, and its webhook is on the way.
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
      // This acquirer gives nothing back by its API: money that comes all the same is told by `payment.paid`.
      await callCompanion(companion, `${path}/cancel`, { json: {} });
      return 'ended';
    }
    if (error.code !== 'not_cancelable') throw error;
    const { status } = await callCompanion(companion, path);
    return status === 'failed' ? 'ended' : 'has_money';
  }
}

/** Whether the payer can begin this expired payment anew in the checkout itself. */
export async function isRenewable(companion: CompanionOptions, paymentId: string): Promise<boolean> {
  const payment = await callCompanion(companion, `/payments/${paymentId}`);
  return payment['status'] !== 'expired' || payment['renewable_until'] !== null;
}

/** Gives a payment back whole. The result may come later, by webhook. Throws a {@link CompanionRefusal} if it can't be. */
export async function refundPayment(
  companion: CompanionOptions,
  paymentId: string,
  reason: string,
): Promise<'pending' | 'succeeded' | 'failed'> {
  const { status } = await callCompanion(companion, '/refunds', {
    json: { payment_id: paymentId, reason },
    // One refund a payment, however often it is asked for.
    idempotencyKey: `refund-${paymentId}`,
  });
  return status as 'pending' | 'succeeded' | 'failed';
}
