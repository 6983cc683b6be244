import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { Applied } from '../model/outcome.ts';

export type PublishContext = Pick<
  Context,
  'metrics' | 'announce' | 'wakeReconciler' | 'wakeNotifier' | 'log'
>;

/** Announces a committed change to metrics, open streams and background jobs. Call after the transaction. */
export function publishOutcome(
  ctx: PublishContext,
  { outcome, payment, followUp }: Applied,
  { reference, detail }: Pick<ProviderReport, 'reference' | 'detail'>,
): void {
  if (outcome === 'applied' && payment) {
    ctx.metrics.paymentReached(payment.status, payment.provider);
    ctx.announce(payment);
  }
  if (followUp) ctx.wakeReconciler();
  // A report that changed nothing may still have queued an attention webhook.
  ctx.wakeNotifier();
  // Changes of the payment are logged at "info" with its history row, so this line is for debugging only.
  ctx.log.debug({ payment_id: payment?.id, reference, outcome, detail }, 'report applied');
}
