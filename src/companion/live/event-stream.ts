import type { ServerResponse } from 'node:http';
import { isOpen } from '../../protocol/status.ts';
import { HEARTBEAT_MS, STREAM_EVENTS } from '../../protocol/stream.ts';
import type { Payment } from '../payments/payment.ts';
import type { Subscriber } from './hub.ts';

/** After a result the stream stays this long, so that one that follows at once (a late payment) still arrives. */
const END_AFTER_FINAL_MS = 5_000;
/** Browsers come back after a random delay in this range: a restart must not bring them all at once. */
const RETRY_MS = { min: 1_000, max: 3_000 };

interface Options {
  readonly response: ServerResponse;
  /** The newest version the page already has; -1 for none. */
  readonly seen: number;
  /** One payment as this page may see it. */
  readonly render: (payment: Payment) => unknown;
}

/**
 * One page's status stream (Server-Sent Events): the current snapshot first, then each newer one, a heartbeat, and
 * `end` soon after a final state. A page that reads too slowly gets only the newest snapshot when it reads again.
 */
export class EventStream implements Subscriber {
  readonly #response: ServerResponse;
  readonly #render: Options['render'];
  readonly #heartbeat: NodeJS.Timeout;
  #ending: NodeJS.Timeout | null = null;
  #seen: number;
  #waiting: Payment | null = null;

  constructor({ response, seen, render }: Options) {
    this.#response = response;
    this.#render = render;
    this.#seen = seen;
    this.#heartbeat = setInterval(() => {
      if (!response.writableNeedDrain) response.write(':\n\n');
    }, HEARTBEAT_MS);
    // A connection that breaks in the middle of a write is one more way to end, and no reason to fall.
    response.on('error', () => this.#stop());
    // The response's `close` is the only event that comes for every way a connection can end.
    response.on('close', () => this.#stop());
    response.on('drain', () => this.#flush());
    response.write(retryLine());
  }

  update(payment: Payment): void {
    if (payment.version <= this.#seen) {
      this.#endIfFinal(payment);
      return;
    }
    if (this.#waiting && this.#waiting.version >= payment.version) return;
    this.#waiting = payment;
    this.#flush();
  }

  drain(): void {
    this.#end(retryLine());
  }

  #flush(): void {
    const payment = this.#waiting;
    if (!payment || this.#response.writableNeedDrain || this.#response.writableEnded) return;
    this.#waiting = null;
    this.#seen = payment.version;
    // JSON has no raw line breaks: nothing in a field can end the `data:` line.
    const data = JSON.stringify(this.#render(payment));
    this.#response.write(`event: ${STREAM_EVENTS.snapshot}\nid: ${payment.version}\ndata: ${data}\n\n`);
    this.#endIfFinal(payment);
  }

  #endIfFinal(payment: Payment): void {
    if (this.#ending || isOpen(payment.status)) return;
    this.#ending = setTimeout(
      () => this.#end(`event: ${STREAM_EVENTS.end}\ndata: {}\n\n`),
      END_AFTER_FINAL_MS,
    );
  }

  /** An ended response may stay open for long (pipelined behind another, unread): nothing may be written to it any more. */
  #end(lastWords: string): void {
    this.#stop();
    if (!this.#response.writableEnded) this.#response.end(lastWords);
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    if (this.#ending) clearTimeout(this.#ending);
  }
}

function retryLine(): string {
  return `retry: ${Math.round(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min))}\n\n`;
}
