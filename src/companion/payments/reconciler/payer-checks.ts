import { isOpen } from '../../../protocol/status.ts';
import type { Context } from '../context.ts';
import { receiveStatus } from '../reports/receive-status.ts';
import { findAttempts, hasMoney, refOfAttempt } from '../model/attempts.ts';
import { POLL_STATUS } from './poll-status.ts';
import { extraTasksOf, type Task } from './job.ts';
import type { AttemptRow } from '../../store/schema.ts';
import { isOffered, type OfferedPayment, type Payment } from '../model/payment.ts';

/** Least time between two rounds of questions that payers cause about one payment, ms. */
const ASK_GAP_MS = 3_000;
/** How long a payer's call waits for the provider, ms. A later answer reaches the page by its stream. */
const WAIT_MS = 4_000;

/**
 * Whether a payer may have the provider asked: it knows the payment, and money may still come. That is so after
 * `expired` and `canceled` too: a payer may have confirmed in the bank a moment before either.
 */
export function canAskNow(payment: Payment): payment is OfferedPayment {
  const { status, presentation, providerPaymentId, chargePayload } = payment;
  const unscanned = presentation.kind === 'scan' && status === 'created';
  const mayBePaid = isOpen(status) || status === 'expired' || status === 'canceled';
  // A scanned code that is being charged is asked about every few seconds anyway, in the order that it needs.
  return (
    mayBePaid && isOffered(payment) && providerPaymentId !== null && chargePayload === null && !unscanned
  );
}

/** Begins a task in its provider's lane; resolves when it is over, or at once when the lane is full. Never rejects. */
type Begin = (job: string, task: Task) => Promise<void>;

/**
 * Questions that payers cause: back from the bank, or by a button. They keep their distance by payment, share the
 * provider's lanes and circuit with all other questions, and use up none of the planned ones.
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

  /** Resolves when there is an answer, or when waiting for it makes no sense any more. Rejects only with the store. */
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
        // Under the names of the planned questions: one that is under way is shared.
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
