import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError } from '../../providers/provider.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { attemptJob } from './job.ts';
import { refOfAttempt } from '../model/attempts.ts';
import { cancelPayment } from '../lifecycle/cancel.ts';
import { findPayment } from '../model/queries.ts';
import type { Payment } from '../model/payment.ts';
import { backoffMs, type Backoff } from '../../lib/backoff.ts';

/** A provider does not wait long for a confirmation. */
const RETRY: Backoff = { firstMs: 1_000, longestMs: 60_000 };

/** Confirms attempts at providers that wait for a confirmation. */
export const CONFIRM_ATTEMPTS = attemptJob({
  name: 'confirm attempts',
  waiting: "confirm_state = 'waiting'",
  at: 'nextConfirmAt',
  longestDelayMs: RETRY.longestMs,
  run: confirmAttempt,
});

/**
 * Confirms the attempt if the merchant or the configuration allows the payment, and cancels the payment otherwise. May be
 * repeated: providers accept a repeated confirmation.
 */
async function confirmAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await putOff(ctx, attempt);
  const payment = await findOffering(ctx, attempt);
  if (payment && !(await ctx.confirms(payment))) {
    await cancelPayment(ctx, payment, { source: 'merchant' });
  } else if (payment && (await findOffering(ctx, attempt))) {
    // Read again: the payer may have chosen another method while the merchant was asked.
    try {
      await ctx.providers[attempt.provider].confirm?.(refOfAttempt(attempt, payment));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
      // Polling the status will show the result of the payment.
      ctx.log.error({ payment_id: payment.id, err: error }, 'the provider did not take our confirmation');
    }
  }
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set({ confirmState: 'done' })
      .where('reference', '=', attempt.reference)
      .execute(),
  );
}

/**
 * Returns the payment while it is open and offers this attempt; `null` otherwise. Reads in a write transaction, and so after
 * the writes that are already running.
 */
function findOffering(ctx: Context, { reference, paymentId }: AttemptRow): Promise<Payment | null> {
  return ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, paymentId);
    return payment?.reference === reference && isOpen(payment.status) ? payment : null;
  });
}

async function putOff(ctx: Context, { reference, confirmTries: tries }: AttemptRow): Promise<void> {
  const pause = backoffMs(tries, RETRY);
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set({ confirmTries: tries + 1, nextConfirmAt: ctx.now() + pause })
      .where('reference', '=', reference)
      .execute(),
  );
}
