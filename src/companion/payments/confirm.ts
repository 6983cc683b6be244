import { sql } from 'kysely';
import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError } from '../providers/provider.ts';
import type { AttemptRow } from '../store/schema.ts';
import { refOfAttempt } from './attempts.ts';
import { cancelPayment } from './cancel.ts';
import { FOUND_AT_ONCE, type Busy, type Chore } from './chore.ts';
import { findPayment } from './find.ts';
import type { Payment } from './payment.ts';

/** Between two tries it doubles. */
const FIRST_PAUSE_MS = 1_000;
/** A provider does not wait for our word for long. */
const LONGEST_PAUSE_MS = 60_000;

/** Gives providers the word that they wait for. */
export const CONFIRMATIONS: Chore = {
  name: 'confirmations',
  async findDue(ctx, busy) {
    const rows = await planned(ctx, busy)
      .selectAll()
      .where((eb) => eb.or([eb('next_confirm_at', 'is', null), eb('next_confirm_at', '<=', ctx.now())]))
      .orderBy('next_confirm_at')
      .limit(FOUND_AT_ONCE)
      .execute();
    return rows.map((attempt) => ({
      key: attempt.reference,
      provider: attempt.provider,
      run: () => confirmAttempt(ctx, attempt),
    }));
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('next_confirm_at as at')
      .where('next_confirm_at', 'is not', null)
      .orderBy('next_confirm_at')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
  async bringForward(trx, now) {
    await trx
      .updateTable('attempts')
      .set({ next_confirm_at: now })
      .where('to_confirm', '=', sql.lit(1))
      .where('next_confirm_at', '>', now + LONGEST_PAUSE_MS)
      .execute();
  },
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return (
    store.read
      .selectFrom('attempts')
      // Spelled out, not bound: the index is of such rows only.
      .where('to_confirm', '=', sql.lit(1))
      .where('reference', 'not in', keys)
      .where('provider', 'not in', providers)
  );
}

/**
 * Gives the provider the word it waits for, once the merchant (or, unasked, the configuration) lets the payment
 * through. May be repeated until it is given: providers take a repeat for the same word.
 */
export async function confirmAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  await putOff(ctx, attempt);
  const payment = await findOffering(ctx, attempt);
  if (payment && !(await ctx.confirms(payment))) {
    await cancelPayment(ctx, payment, 'merchant');
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
    trx.updateTable('attempts').set({ to_confirm: 2 }).where('reference', '=', attempt.reference).execute(),
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
  const pause = Math.min(FIRST_PAUSE_MS * 2 ** tries, LONGEST_PAUSE_MS);
  await ctx.store.write((trx) =>
    trx
      .updateTable('attempts')
      .set({ confirm_tries: tries + 1, next_confirm_at: ctx.now() + pause })
      .where('reference', '=', reference)
      .execute(),
  );
}
