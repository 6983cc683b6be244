import type { Payment } from '../payments/model/payment.ts';

/** A receiver of one payment's changes. */
export interface Subscriber {
  /**
   * Called after each committed change. Calls may be out of order: the higher `version` is newer. `committedAt` is missing
   * when nothing has changed.
   */
  update(payment: Payment, committedAt?: number): void;
  /** Called when no more changes will be sent. */
  drain(): void;
}

/** Subscribers by payment. */
export class LiveHub {
  readonly #byPayment = new Map<string, Set<Subscriber>>();
  #draining = false;

  /** Returns the function that unsubscribes. After `drain`, a new subscriber is drained at once. */
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
   * Drains every subscriber, present and future: their pages reconnect to another process, or to this one after the
   * restart.
   */
  drain(): void {
    this.#draining = true;
    for (const paymentId of [...this.#byPayment.keys()]) this.dismiss(paymentId);
  }

  /** Drains one payment's subscribers, whose token is no longer valid. */
  dismiss(paymentId: string): void {
    for (const subscriber of [...(this.#byPayment.get(paymentId) ?? [])]) subscriber.drain();
  }

  get size(): number {
    let size = 0;
    for (const subscribers of this.#byPayment.values()) size += subscribers.size;
    return size;
  }
}
