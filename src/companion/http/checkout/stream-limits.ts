import { networkOf } from '../../outbound/ip-ranges.ts';
import { tooManyRequests } from '../plumbing/problems.ts';

/** A payer has a few tabs and devices; twenty streams of one payment are a loop in somebody's code. */
const PER_PAYMENT = 20;
/** Some 30 KB each: 600 MB at worst, whoever comes from however many addresses. */
const PER_PROCESS = 20_000;
/** Of these a payment has its own, however many its address holds: a payer behind a shared address is let in. */
const OWN_OF_PAYMENT = 2;
const RETRY_AFTER_MS = 10_000;

/**
 * Bounds how many status streams are open at once: by address, by payment, and all together. The first two of a payment
 * are not refused for what its address holds: who has its token is no stranger.
 */
export class StreamLimits {
  readonly #perAddress: number;
  readonly #perProcess: number;
  readonly #open = new Map<string, number>();

  /** `perAddress` 0 turns all bounds off. */
  constructor(perAddress: number, perProcess = PER_PROCESS) {
    this.#perAddress = perAddress;
    this.#perProcess = perProcess;
  }

  /** Takes a slot, or throws the 429. The answer gives it back, once however often it is called. */
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
