/**
 * One order, one payment: creates the payment that the order's page shows, and ends the former one before. Every step may be
 * interrupted, repeated, or run by two tabs at once: the database allows one open payment for each order, and its idempotency
 * key makes all creates return the same payment.
 */
import { CompanionRefusal, type CompanionOptions } from './companion.ts';
import type { KeptOrder, KeptPayment } from './order-tables.ts';
import type { Orders } from './orders.ts';
import { endPayment, isRenewable, startPayment, type PaymentRequest } from './payments.ts';

export interface OrderPaymentOptions {
  readonly orders: Orders;
  readonly companion: CompanionOptions;
  readonly requestFor: (order: KeptOrder) => PaymentRequest;
  /** The companion's fallback HTML by token. In memory, because a repeated create returns it again. */
  readonly fallbacks: Map<string, string>;
}

/** Called when the order's page opens. Continues an interrupted create, and closes an expired payment that cannot be renewed. */
export async function continuePayment(options: OrderPaymentOptions, order: KeptOrder): Promise<void> {
  const { orders, companion } = options;
  const payments = orders.paymentsOf(order.id);
  // Settlement ends other open payments of a paid order.
  if (payments.some(({ money }) => money === 'pays')) return;
  const payment = payments.find(({ stage }) => stage !== 'over');
  if (payment?.stage === 'starting') await start(options, order, payment);
  if (payment?.stage !== 'expired' || payment.paymentId === null) return;
  const renewable = await isRenewable(companion, payment.paymentId).catch(() => true); // checked again next time
  if (!renewable) orders.setOver(payment.idempotencyKey);
}

/** Gives the order an open payment: the present one, or a new one after the former has ended. */
export async function payOrder(options: OrderPaymentOptions, order: KeptOrder): Promise<void> {
  const { orders, companion } = options;
  const former = orders.paymentsOf(order.id)[0];
  // A declined or canceled payment may still be paid late. After this cancel, the companion refunds such money.
  const mayBringMoney = former?.money === 'none' && (former.stage === 'expired' || former.stage === 'over');
  if (mayBringMoney) {
    if ((await end(companion, former)) === 'has_money') return; // the webhook is on the way
    orders.setOver(former.idempotencyKey);
  }
  const payment = orders.openPayment(order.id);
  if (payment?.stage === 'starting') await start(options, order, payment);
}

/** Ends a payment of an order that another payment has paid. */
export async function endSpare(options: OrderPaymentOptions, payment: KeptPayment): Promise<void> {
  const { orders, companion } = options;
  const order = orders.find(payment.orderId)!;
  // If the create succeeded and only its response was lost, the same key returns the payment.
  const { paymentId } = payment.stage === 'starting' ? await start(options, order, payment) : payment;
  if ((await end(companion, { paymentId })) === 'ended') orders.setOver(payment.idempotencyKey);
}

function end(companion: CompanionOptions, { paymentId }: Pick<KeptPayment, 'paymentId'>) {
  return paymentId === null ? 'ended' : endPayment(companion, paymentId);
}

async function start(
  { orders, companion, requestFor, fallbacks }: OrderPaymentOptions,
  order: KeptOrder,
  { idempotencyKey }: KeptPayment,
): Promise<{ readonly paymentId: string | null }> {
  try {
    const started = await startPayment(companion, requestFor(order), idempotencyKey);
    orders.setStarted(idempotencyKey, started);
    if (started.fallbackHtml !== null) fallbacks.set(started.token, started.fallbackHtml);
    return started;
  } catch (error) {
    // A final refusal means that there is no payment, so the buyer may try again with another key. After any other refusal the
    // payment may exist, so the same key is used again.
    if (error instanceof CompanionRefusal && [409, 422].includes(error.status))
      orders.setRefused(idempotencyKey);
    throw error;
  }
}
