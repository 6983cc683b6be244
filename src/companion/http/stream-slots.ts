import { networkOf } from '../addresses.ts';
import { tooMany } from './too-many.ts';

/** A payer has a few tabs and devices; twenty streams of one payment are a loop in somebody's code. */
const PER_PAYMENT = 20;
/** Some 30 KB each: 600 MB at worst, whoever comes from however many addresses. */
const PER_PROCESS = 20_000;
const RETRY_AFTER_MS = 10_000;

/** Bounds how many status streams are open at once: by address, by payment, and all together. */
export class StreamSlots {
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
    const bounds = [
      { key: `address ${networkOf(address)}`, limit: this.#perAddress },
      { key: `payment ${paymentId}`, limit: PER_PAYMENT },
      { key: 'process', limit: this.#perProcess },
    ];
    if (bounds.some(({ key, limit }) => (this.#open.get(key) ?? 0) >= limit)) {
      throw tooMany(
        'too_many_streams',
        'Too many status streams are open: close some first.',
        RETRY_AFTER_MS,
      );
    }
    for (const { key } of bounds) this.#open.set(key, (this.#open.get(key) ?? 0) + 1);
    let taken = true;
    return () => {
      if (!taken) return;
      taken = false;
      for (const { key } of bounds) this.#giveBack(key);
    };
  }

  #giveBack(key: string): void {
    const left = this.#open.get(key)! - 1;
    if (left === 0) this.#open.delete(key);
    else this.#open.set(key, left);
  }
}
