import { sql } from 'kysely';
import { isOpen } from '../../protocol/status.ts';
import type { Context } from '../context.ts';
import { ProviderError } from '../providers/provider.ts';
import type { AttemptRow } from '../store/schema.ts';
import { refOfAttempt } from './attempts.ts';
import { cancelPayment } from './cancel.ts';
import { findPayment } from './find.ts';

/** Attempts whose provider waits for our word. */
export function findToConfirm(ctx: Context): Promise<AttemptRow[]> {
  return (
    ctx.store.read
      .selectFrom('attempts')
      .selectAll()
      // Spelled out, not bound: the index is of such rows only.
      .where('to_confirm', '=', sql.lit(1))
      .limit(50)
      .execute()
  );
}

/**
 * Gives the provider the word it waits for, once the merchant (or, unasked, the configuration) lets the payment
 * through. May be repeated until it is given: providers take a repeat for the same word.
 */
export async function confirmAttempt(ctx: Context, attempt: AttemptRow): Promise<void> {
  const payment = await findPayment(ctx.store.read, attempt.payment_id);
  if (!payment) return;
  const onOffer = attempt.reference === payment.reference && isOpen(payment.status);
  if (onOffer && (await ctx.confirms(payment))) {
    try {
      await ctx.providers[attempt.provider].confirm?.(refOfAttempt(attempt, payment));
    } catch (error) {
      if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
      // Its status, asked about as ever, tells what the payment came to.
      ctx.log.error({ payment_id: payment.id, err: error }, 'the provider did not take our confirmation');
    }
  } else if (onOffer) {
    await cancelPayment(ctx, payment, 'merchant');
  }
  await ctx.store.write((trx) =>
    trx.updateTable('attempts').set({ to_confirm: 2 }).where('reference', '=', attempt.reference).execute(),
  );
}
