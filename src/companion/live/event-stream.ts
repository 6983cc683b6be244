import type { ServerResponse } from 'node:http';
import { isOpen } from '../../protocol/status.ts';
import { HEARTBEAT_MS, STREAM_EVENTS } from '../../protocol/stream.ts';
import type { Payment } from '../payments/model/payment.ts';
import type { Subscriber } from './hub.ts';

/** How long a stream stays open after a final status, ms: another status (a late payment) may follow at once. */
const END_AFTER_FINAL_MS = 5_000;
/** Browsers reconnect after a random delay in this range, so that a restart does not bring them all at once. */
const RETRY_MS = { min: 1_000, max: 3_000 };

interface Options {
  readonly response: ServerResponse;
  /** The newest version the page already has; -1 for none. */
  readonly seen: number;
  /** Returns the payment as this page may see it. */
  readonly render: (payment: Payment) => unknown;
  /** Called with the ms between the commit and the write of a snapshot. */
  readonly onPushed?: (ms: number) => void;
  /** The time between two comments, ms. Defaults to the heartbeat of the protocol. */
  readonly heartbeatMs?: number;
}

/**
 * The status stream of one page (Server-Sent Events). It sends the current snapshot, each newer one, heartbeats, and `end`
 * soon after a final state. The connection gets one message at a time. While that message waits, the stream keeps only the
 * newest snapshot. So a page that does not read costs the memory of one snapshot (far below 64 KiB). The second heartbeat
 * that finds the connection stuck closes it.
 */
export class EventStream implements Subscriber {
  readonly #response: ServerResponse;
  readonly #render: Options['render'];
  readonly #onPushed: Options['onPushed'];
  readonly #heartbeat: NodeJS.Timeout;
  #ending: NodeJS.Timeout | null = null;
  #seen: number;
  #waiting: Payment | null = null;
  #committedAt: number | undefined;
  /** Messages that the operating system has not taken yet. */
  #pending = 0;
  #stuck = false;

  constructor({ response, seen, render, onPushed, heartbeatMs = HEARTBEAT_MS }: Options) {
    this.#response = response;
    this.#render = render;
    this.#onPushed = onPushed;
    this.#seen = seen;
    this.#heartbeat = setInterval(() => this.#beat(), heartbeatMs);
    // A connection may break in the middle of a write: without a listener the process would crash.
    response.on('error', () => this.#stop());
    // `close` is the only event that is emitted for every way a connection can end.
    response.on('close', () => this.#stop());
    this.#write(retryLine());
  }

  update(payment: Payment, committedAt?: number): void {
    if (payment.version <= this.#seen) {
      this.#endIfFinal(payment);
      return;
    }
    if (this.#waiting && this.#waiting.version >= payment.version) return;
    this.#waiting = payment;
    this.#committedAt = committedAt;
    this.#flush();
  }

  drain(): void {
    // The page receives the pending snapshot when it reconnects.
    this.#end(retryLine());
  }

  #beat(): void {
    if (this.#pending === 0 && !this.#response.writableEnded) {
      this.#write(':\n\n');
    } else if (this.#stuck) {
      this.#response.destroy();
    } else {
      this.#stuck = true;
    }
  }

  #flush(): void {
    const payment = this.#waiting;
    if (!payment || this.#pending > 0 || this.#response.writableEnded) return;
    this.#write(this.#message(payment));
    if (this.#committedAt !== undefined) this.#onPushed?.(performance.now() - this.#committedAt);
    this.#endIfFinal(payment);
  }

  /** Returns the message of a snapshot, and marks its version as seen. */
  #message(payment: Payment): string {
    this.#waiting = null;
    this.#seen = payment.version;
    // JSON has no raw line breaks: nothing in a field can end the `data:` line.
    const data = JSON.stringify(this.#render(payment));
    return `event: ${STREAM_EVENTS.snapshot}\nid: ${payment.version}\ndata: ${data}\n\n`;
  }

  #write(message: string): void {
    this.#pending++;
    this.#response.write(message, (error) => {
      if (error) return;
      this.#pending--;
      this.#stuck = false;
      this.#flush();
    });
  }

  #endIfFinal(payment: Payment): void {
    if (this.#ending || isOpen(payment.status)) return;
    this.#ending = setTimeout(() => {
      // A client does not reconnect after `end`, so send the pending snapshot first.
      const newest = this.#waiting ? this.#message(this.#waiting) : '';
      this.#end(`${newest}event: ${STREAM_EVENTS.end}\ndata: {}\n\n`);
    }, END_AFTER_FINAL_MS);
  }

  /**
   * Ends the response. It may stay open for long (pipelined behind another response, or unread). Nothing may be written to
   * it any more, but the heartbeat still closes the connection of a client that does not read.
   */
  #end(lastMessage: string): void {
    if (this.#ending) clearTimeout(this.#ending);
    if (!this.#response.writableEnded) this.#response.end(lastMessage);
  }

  #stop(): void {
    clearInterval(this.#heartbeat);
    if (this.#ending) clearTimeout(this.#ending);
  }
}

function retryLine(): string {
  return `retry: ${Math.round(RETRY_MS.min + Math.random() * (RETRY_MS.max - RETRY_MS.min))}\n\n`;
}
