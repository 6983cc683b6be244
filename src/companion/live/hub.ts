import type { Payment } from '../payments/model/payment.ts';

/** Whoever wants to hear of one payment's changes. */
export interface Subscriber {
  /**
   * Called after each committed change; may come out of order, `version` tells which is newer. `committedAt` is
   * missing for what is no news.
   */
  update(payment: Payment, committedAt?: number): void;
  /** There is nothing more to be heard here. */
  drain(): void;
}

/** Subscribers by payment. */
export class LiveHub {
  readonly #byPayment = new Map<string, Set<Subscriber>>();
  #draining = false;

  /** Answers how to leave. Who comes once it drains is sent away at once: nobody would ask them again. */
  subscribe(paymentId: string, subscriber: Subscriber): () => void {
    if (this.#draining) {
      subscriber.drain();
      return () => undefined;
    }
    const subscribers = this.#byPayment.get(paymentId) ?? new Set();
    subscribers.add(subscriber);
    this.#byPayment.set(paymentId, subscribers);
    return () => {
      subscribers.delete(subscriber);
      if (subscribers.size === 0 && this.#byPayment.get(paymentId) === subscribers) {
        this.#byPayment.delete(paymentId);
      }
    };
  }

  publish(payment: Payment): void {
    const committedAt = performance.now();
    for (const subscriber of this.#byPayment.get(payment.id) ?? []) subscriber.update(payment, committedAt);
  }

  /**
   * Asks every subscriber to finish, and those too who were on their way: their pages reconnect elsewhere, or here
   * after the restart.
   */
  drain(): void {
    this.#draining = true;
    for (const paymentId of [...this.#byPayment.keys()]) this.dismiss(paymentId);
  }

  /** Asks one payment's subscribers to finish: what they come back with opens nothing any more. */
  dismiss(paymentId: string): void {
    for (const subscriber of [...(this.#byPayment.get(paymentId) ?? [])]) subscriber.drain();
  }

  get size(): number {
    let size = 0;
    for (const subscribers of this.#byPayment.values()) size += subscribers.size;
    return size;
  }
}
