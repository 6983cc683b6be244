import type { Context } from '../context.ts';
import type { ProviderReport } from '../../providers/provider.ts';
import type { Applied } from '../model/outcome.ts';

export function publishOutcome(
  ctx: Context,
  { outcome, payment, followUp }: Applied,
  { reference, detail }: Pick<ProviderReport, 'reference' | 'detail'>,
): void {
  if (outcome === 'applied' && payment) {
    ctx.metrics.paymentReached(payment.status, payment.provider);
    ctx.announce(payment);
  }
  if (followUp) ctx.wakeCaretaker();
  // Odd money is told to the merchant, too.
  ctx.wakeNotifier();
  // A change of the payment is logged with its history row.
  ctx.log.debug({ payment_id: payment?.id, reference, outcome, detail }, 'report taken');
}
