/**
 * One order, one payment: gives an order the payment that its page shows, and ends the former one before another is made.
 * Every step may be cut off, repeated, or done by two tabs at once: the database has at most one open payment of an order,
 * and its idempotency key makes one payment of all creates.
 */
import { CompanionRefusal, type CompanionOptions } from './companion.ts';
import type { KeptOrder, KeptPayment } from './order-tables.ts';
import type { Orders } from './orders.ts';
import { endPayment, isRenewable, startPayment, type PaymentRequest } from './payments.ts';

export interface OrderPaymentOptions {
  readonly orders: Orders;
  readonly companion: CompanionOptions;
  readonly requestFor: (order: KeptOrder) => PaymentRequest;
  /** The companion's markup by token. In memory: a create repeated under its key answers it anew. */
  readonly fallbacks: Map<string, string>;
}

/** The order's page is opened: a create that was cut off is carried on, an expired payment that can't be renewed is over. */
export async function continuePayment(options: OrderPaymentOptions, order: KeptOrder): Promise<void> {
  const { orders, companion } = options;
  const payments = orders.paymentsOf(order.id);
  // The shop ends other open payments of a paid order by itself.
  if (payments.some(({ money }) => money === 'pays')) return;
  const payment = payments.find(({ stage }) => stage !== 'over');
  if (payment?.stage === 'starting') await start(options, order, payment);
  if (payment?.stage !== 'expired' || payment.paymentId === null) return;
  const renewable = await isRenewable(companion, payment.paymentId).catch(() => true); // asked again next time
  if (!renewable) orders.setOver(payment.idempotencyKey);
}

/** The buyer wants to pay: by the payment that can be paid now, or else by a new one once the former one has ended. */
export async function payOrder(options: OrderPaymentOptions, order: KeptOrder): Promise<void> {
  const { orders, companion } = options;
  const former = orders.paymentsOf(order.id)[0];
  // One that is over (declined, canceled by its payer) may still bring money: after this, that goes back by itself.
  const mayBringMoney = former?.money === 'none' && (former.stage === 'expired' || former.stage === 'over');
  if (mayBringMoney) {
    if ((await end(companion, former)) === 'has_money') return; // its webhook is on the way
    orders.setOver(former.idempotencyKey);
  }
  const payment = orders.openPayment(order.id);
  if (payment?.stage === 'starting') await start(options, order, payment);
}

/** Ends a payment of an order that another payment has paid. */
export async function endSpare(options: OrderPaymentOptions, payment: KeptPayment): Promise<void> {
  const { orders, companion } = options;
  const order = orders.find(payment.orderId)!;
  // The create may have arrived though its answer was lost: the same key finds it.
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
    // Refused for what it asks, so there is no payment: the buyer may try anew under another key. Any other refusal says
    // nothing of the payment, and the same key goes on with it.
    if (error instanceof CompanionRefusal && [409, 422].includes(error.status))
      orders.setRefused(idempotencyKey);
    throw error;
  }
}
