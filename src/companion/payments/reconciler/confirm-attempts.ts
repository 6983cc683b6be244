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

/** Gives providers the word that they wait for. */
export const CONFIRM_ATTEMPTS = attemptJob({
  name: 'confirm attempts',
  waiting: "confirm_state = 'waiting'",
  at: 'next_confirm_at',
  longestDelayMs: RETRY.longestMs,
  run: confirmAttempt,
});

/**
 * Gives the provider the word it waits for, once the merchant (or, unasked, the configuration) lets the payment
 * through. May be repeated until it is given: providers take a repeat for the same word.
 */
async function confirmAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await putOff(ctx, attempt);
  const payment = await findOffering(ctx, attempt);
  if (payment && !(await ctx.confirms(payment))) {
    await cancelPayment(ctx, payment, { source: 'merchant' });
  } else if (payment && (await findOffering(ctx, attempt))) {
    // Read once more: while the merchant was asked, the payer may have left this way for another.
    try {
      await ctx.providers[attempt.provider].confirm?.(refOfAttempt(attempt, payment));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
      // Its status, asked about as ever, tells what the payment came to.
      ctx.log.error({ payment_id: payment.id, err: error }, 'the provider did not take our confirmation');
    }
  }
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set({ confirm_state: 'done' })
      .where('reference', '=', attempt.reference)
      .execute(),
  );
}

/** The payment, if this is still the attempt on offer: behind whatever the one writer is at work on. */
function findOffering(ctx: Context, { reference, payment_id }: AttemptRow): Promise<Payment | null> {
  return ctx.store.write(async (trx) => {
    const payment = await findPayment(trx, payment_id);
    return payment?.reference === reference && isOpen(payment.status) ? payment : null;
  });
}

async function putOff(ctx: Context, { reference, confirm_tries: tries }: AttemptRow): Promise<void> {
  const pause = backoffMs(tries, RETRY);
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set({ confirm_tries: tries + 1, next_confirm_at: ctx.now() + pause })
      .where('reference', '=', reference)
      .execute(),
  );
}
