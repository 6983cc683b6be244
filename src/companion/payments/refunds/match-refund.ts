import type { RefundReport } from '../../providers/provider.ts';
import type { AttemptRow, RefundRow } from '../../store/schema.ts';
import type { Writer } from '../../store/store.ts';

/**
 * Returns the refund that a provider's report is about, or `null` when no refund matches. Stores the
 * provider's refund id with it: later calls use that id, even if the answer to our own request was lost.
 */
export async function matchRefund(
  trx: Writer,
  attempt: AttemptRow,
  refundReport: RefundReport,
): Promise<RefundRow | null> {
  const refunds = await trx
    .selectFrom('refunds')
    .selectAll()
    .where('paymentId', '=', attempt.paymentId)
    .execute();
  const ofAttempt = refunds.filter(({ reference }) => reference === attempt.reference);
  const refund = matchById(ofAttempt, refundReport) ?? matchByAmount(ofAttempt, refundReport);
  if (refund?.providerRefundId !== null || refundReport.providerRefundId === null) return refund;
  return trx
    .updateTable('refunds')
    .set({ providerRefundId: refundReport.providerRefundId })
    .where('id', '=', refund.id)
    .returningAll()
    .executeTakeFirstOrThrow();
}

function matchById(
  refunds: readonly RefundRow[],
  { refundId, providerRefundId, amount = null }: RefundReport,
): RefundRow | undefined {
  return (
    refunds.find((refund) => providerRefundId !== null && refund.providerRefundId === providerRefundId) ??
    // The provider sends our id in a free text. A person may have copied that text to another refund in the provider's
    // dashboard, so the amount must match too.
    refunds.find((refund) => refund.id === refundId && (amount ?? refund.amount) === refund.amount)
  );
}

/**
 * Returns the only sent refund of this attempt and amount that has no provider id yet: the answer with its id was lost or
 * is still on its way. Returns `null` if several refunds match, because the right one is unknown.
 */
function matchByAmount(
  refunds: readonly RefundRow[],
  { refundId, providerRefundId, amount }: RefundReport,
): RefundRow | null {
  if (refundId !== null || providerRefundId === null) return null;
  const candidates = refunds.filter(
    (refund) =>
      refund.status === 'pending' &&
      refund.providerRefundId === null &&
      refund.requests > 0 &&
      refund.amount === amount,
  );
  return candidates.length === 1 ? candidates[0]! : null;
}

/** Returns the attempt's refunds that may have reached the provider, oldest first. */
export function findSentRefunds(trx: Writer, { reference }: AttemptRow): Promise<RefundRow[]> {
  return trx
    .selectFrom('refunds')
    .selectAll()
    .where('reference', '=', reference)
    .where('requests', '>', 0)
    .orderBy('seq')
    .execute();
}

/** Counts a report that has no refund id and no amount, and that belongs to a refund which we have sent. */
export async function countUnidentifiedReport(
  trx: Writer,
  { reference, unidentifiedRefunds }: AttemptRow,
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ unidentifiedRefunds: unidentifiedRefunds + 1 })
    .where('reference', '=', reference)
    .execute();
}

/**
 * Returns the refunds that a success report without refund id and amount is about. A single pending refund of the attempt
 * is the one. Of several pending refunds the right one is unknown until as many reports have come as there are pending
 * refunds: then the reports are about all of them. Returns none before that.
 */
export async function matchUnidentifiedReport(
  trx: Writer,
  attempt: AttemptRow,
  sent: readonly RefundRow[],
): Promise<readonly RefundRow[]> {
  const pending = sent.filter(({ status }) => status === 'pending');
  const [oldest] = pending;
  if (!oldest) return [];
  const { earlier } = await trx
    .selectFrom('paymentEvents')
    .select((eb) => eb.fn.countAll<number>().as('earlier'))
    .where('paymentId', '=', attempt.paymentId)
    .where('note', '=', 'unmatched_refund')
    .where('createdAt', '>', oldest.createdAt)
    .executeTakeFirstOrThrow();
  return earlier + 1 >= pending.length ? pending : [];
}
