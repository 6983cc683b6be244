import type { RefundReport } from '../../providers/provider.ts';
import type { AttemptRow, RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';

/**
 * The refund that a provider's message is about, with the provider's id of it kept from then on: by that id it is asked
 * about, whatever became of the answer to our own request.
 */
export async function matchRefund(
  trx: Writer,
  attempt: AttemptRow,
  report: RefundReport,
): Promise<RefundRow | null> {
  const refunds = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('payment_id', '=', attempt.payment_id)
    .execute();
  const ofAttempt = refunds.filter(({ reference }) => reference === attempt.reference);
  const refund = matchById(ofAttempt, report) ?? matchByAmount(ofAttempt, report);
  if (refund?.provider_refund_id !== null || report.providerRefundId === null) return refund;
  return trx
    .updateTable('refunds')
    .set({ provider_refund_id: report.providerRefundId })
    .where('id', '=', refund.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function matchById(
  refunds: readonly RefundRow[],
  { refundId, providerRefundId, amount = null }: RefundReport,
): RefundRow | undefined {
  return (
    refunds.find((refund) => providerRefundId !== null && refund.provider_refund_id === providerRefundId) ??
    // Our id stands in a text that a person in the provider's cabinet may have copied.
    refunds.find((refund) => refund.id === refundId && (amount ?? refund.amount) === refund.amount)
  );
}

/**
 * Whose answer was lost, or is still under way: the only refund of this attempt and sum that was asked for and has no
 * name at the provider yet. Of several nobody can say which one is meant.
 */
function matchByAmount(
  refunds: readonly RefundRow[],
  { refundId, providerRefundId, amount }: RefundReport,
): RefundRow | null {
  if (refundId !== null || providerRefundId === null) return null;
  const candidates = refunds.filter(
    (refund) =>
      refund.status === 'pending' &&
      refund.provider_refund_id === null &&
      refund.asks > 0 &&
      refund.amount === amount,
  );
  return candidates.length === 1 ? candidates[0]! : null;
}
