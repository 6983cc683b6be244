import { networkOf } from '../../outbound/ip-ranges.ts';
import { tooManyRequests } from '../plumbing/problems.ts';

/** A payer has a few tabs and devices. Twenty streams of one payment come from a loop in some code. */
const PER_PAYMENT = 20;
/** A stream takes about 30 KB, so all of them take at most 600 MB. */
const PER_PROCESS = 20_000;
/** Streams of each payment that are exempt from the address limit: many payers may share one address. */
const OWN_OF_PAYMENT = 2;
const RETRY_AFTER_MS = 10_000;

/**
 * Limits the open status streams: by address, by payment, and in total. The address limit does not apply to the first
 * two streams of a payment: the caller has its token.
 */
export class StreamLimits {
  readonly #perAddress: number;
  readonly #perProcess: number;
  readonly #open = new Map<string, number>();

  /** `perAddress` 0 turns all limits off. */
  constructor(perAddress: number, perProcess = PER_PROCESS) {
    this.#perAddress = perAddress;
    this.#perProcess = perProcess;
  }

  /** Counts a stream. Throws 429 `too_many_streams`. Returns the function that releases it; a second call does nothing. */
  take(address: string, paymentId: string): () => void {
    if (this.#perAddress === 0) return () => undefined;
    const payment = `payment ${paymentId}`;
    const isOwn = this.#count(payment) < Math.min(OWN_OF_PAYMENT, this.#perAddress);
    const bounds = [
      { key: `address ${networkOf(address)}`, limit: isOwn ? Infinity : this.#perAddress },
      { key: payment, limit: PER_PAYMENT },
      { key: 'process', limit: this.#perProcess },
    ];
    if (bounds.some(({ key, limit }) => this.#count(key) >= limit)) {
      throw tooManyRequests(
        'too_many_streams',
        'Too many status streams are open: close some first.',
        RETRY_AFTER_MS,
      );
    }
    for (const { key } of bounds) this.#open.set(key, this.#count(key) + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      for (const { key } of bounds) this.#giveBack(key);
    };
  }

  #count(key: string): number {
    return this.#open.get(key) ?? 0;
  }

  #giveBack(key: string): void {
    const left = this.#open.get(key)! - 1;
    if (left === 0) this.#open.delete(key);
    else this.#open.set(key, left);
  }
}
