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
      refund.requests > 0 &&
      refund.amount === amount,
  );
  return candidates.length === 1 ? candidates[0]! : null;
}

/** The attempt's refunds that its provider may have heard of, the oldest first. */
export function findSentRefunds(trx: Writer, { reference }: AttemptRow): Promise<RefundRow[]> {
  return trx
    .selectFrom('refunds')
    .selectAll()
    .where('reference', '=', reference)
    .where('requests', '>', 0)
    .orderBy('seq')
    .execute();
}

/** Counts a report of a refund that names neither which one nor how much, and is of one that we have asked for. */
export async function countUnidentifiedReport(
  trx: Writer,
  { reference, unidentified_refunds }: AttemptRow,
): Promise<void> {
  await trx
    .updateTable('attempts')
    .set({ unidentified_refunds: unidentified_refunds + 1 })
    .where('reference', '=', reference)
    .execute();
}

/**
 * The refunds that a provider speaks of when it says that a refund has succeeded and not which one: the only one of the
 * attempt that is under way. Of several nobody can say which one is meant, until as many messages have come as there are
 * refunds: then it is all of them. None while that is open.
 */
export async function matchUnidentifiedReport(
  trx: Writer,
  attempt: AttemptRow,
  asked: readonly RefundRow[],
): Promise<readonly RefundRow[]> {
  const pending = asked.filter(({ status }) => status === 'pending');
  const [oldest] = pending;
  if (!oldest) return [];
  const { earlier } = await trx
    .selectFrom('payment_events')
    .select((eb) => eb.fn.countAll<number>().as('earlier'))
    .where('payment_id', '=', attempt.payment_id)
    .where('note', '=', 'unmatched_refund')
    .where('created_at', '>', oldest.created_at)
    .executeTakeFirstOrThrow();
  return earlier + 1 >= pending.length ? pending : [];
}
