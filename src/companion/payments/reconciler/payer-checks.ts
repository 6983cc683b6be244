import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { findAttempts, hasMoney, refOfAttempt } from '../model/attempts.ts';
import { POLL_STATUS } from './poll-status.ts';
import { extraTasksOf, type Task } from './job.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { isOffered, type OfferedPayment, type Payment } from '../model/payment.ts';

/** The minimum time between two checks of one payment that its payer triggers, ms. */
const ASK_GAP_MS = 3_000;
/** How long a payer's request waits for the provider, ms. The stream brings a later answer to the page. */
const WAIT_MS = 4_000;

/**
 * True if a payer may trigger a check: the provider knows the payment, and money may still come. Money may also come after
 * `expired` and `canceled`: a payer may have confirmed in the bank a moment before.
 */
export function canAskNow(payment: Payment): payment is OfferedPayment {
  const { status, presentation, providerPaymentId, chargePayload } = payment;
  const unscanned = presentation.kind === 'scan' && status === 'created';
  const mayBePaid = isOpen(status) || status === 'expired' || status === 'canceled';
  // A scanned code that is being charged is polled every few seconds anyway, in the order that the charge needs.
  return (
    mayBePaid && isOffered(payment) && providerPaymentId !== null && chargePayload === null && !unscanned
  );
}

/** Begins a task in a slot of its provider. Resolves when the task has ended; at once when no slot is free. Never rejects. */
type Begin = (job: string, task: Task) => Promise<void>;

/**
 * Runs status checks that payers trigger when they return from the bank or press a button. Checks of one payment keep a
 * minimum time between them. All checks share the provider's slots and circuit breaker with the planned polls, and use up
 * none of the planned polls.
 */
export class PayerChecks {
  readonly #ctx: Context;
  readonly #begin: Begin;
  /** The latest check by payment, the oldest first. */
  readonly #latest = new Map<string, { readonly askedAt: number; readonly answered: Promise<void> }>();

  constructor(ctx: Context, begin: Begin) {
    this.#ctx = ctx;
    this.#begin = begin;
  }

  /** Resolves when the provider has answered, or when it makes no sense to wait. Rejects only when the store fails. */
  async ask(payment: Payment): Promise<void> {
    if (!canAskNow(payment)) return;
    this.#forget();
    let latest = this.#latest.get(payment.id);
    if (!latest) {
      latest = { askedAt: performance.now(), answered: this.#askAll(payment) };
      this.#latest.set(payment.id, latest);
    }
    await within(WAIT_MS, latest.answered);
  }

  /** Polls replaced codes as well: the payer may have paid an earlier one. */
  async #askAll(payment: OfferedPayment): Promise<void> {
    const attempts = await findAttempts(this.#ctx.store.read, payment.id);
    const known = attempts.filter((attempt) => attempt.providerPaymentId !== null && !hasMoney(attempt));
    await Promise.all(
      known.map((attempt) =>
        // The keys are those of the planned polls: a poll that already runs is shared.
        attempt.reference === payment.reference
          ? this.#begin(POLL_STATUS.name, this.#question(attempt, payment, payment.id))
          : this.#begin(extraTasksOf(POLL_STATUS.name), this.#question(attempt, payment, attempt.reference)),
      ),
    );
  }

  #question(attempt: AttemptRow, payment: Payment, key: string): Task {
    const { provider } = attempt;
    return {
      key,
      provider,
      run: async () => {
        const report = await this.#ctx.providers[provider].status(refOfAttempt(attempt, payment));
        await receiveStatus(this.#ctx, provider, report);
      },
    };
  }

  #forget(): void {
    const before = performance.now() - ASK_GAP_MS;
    for (const [id, { askedAt }] of this.#latest) {
      if (askedAt > before) return;
      this.#latest.delete(id);
    }
  }
}

async function within(ms: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, ms);
  });
  try {
    await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
