import { createParser, type EventSourceMessage } from 'eventsource-parser';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { PATIENCE_MS } from './patience.ts';

/** Reads a stream to its end or until `stop`. Keeps events and comments in their order. */
export class StreamReader {
  readonly events: EventSourceMessage[] = [];
  readonly comments: string[] = [];
  readonly retries: number[] = [];
  readonly ended: Promise<void>;
  readonly #abort: AbortController;
  #notify: () => void = () => undefined;

  constructor(response: Response, abort: AbortController) {
    this.#abort = abort;
    const parser = createParser({
      onEvent: (event) => {
        this.events.push(event);
        this.#notify();
      },
      onComment: (comment) => this.comments.push(comment),
      onRetry: (ms) => this.retries.push(ms),
    });
    this.ended = (async () => {
      const decoder = new TextDecoder();
      try {
        for await (const chunk of response.body!) parser.feed(decoder.decode(chunk, { stream: true }));
      } catch {
        // cut off by `stop`, or by a server that has ended
      }
      this.#notify();
    })();
  }

  static async open(url: string, token: string, headers: Record<string, string> = {}): Promise<StreamReader> {
    const abort = new AbortController();
    const response = await fetch(`${url}/checkout/v1/session/events`, {
      headers: { authorization: `Bearer ${token}`, ...headers },
      signal: abort.signal,
    });
    if (response.status !== 200) throw new Error(`the stream answered ${response.status}`);
    return new StreamReader(response, abort);
  }

  get snapshots(): Snapshot[] {
    return this.events
      .filter(({ event }) => event === 'snapshot')
      .map(({ data }) => JSON.parse(data) as Snapshot);
  }

  /** Waits until the condition is true. Throws after `timeoutMs`. */
  async until(wanted: (reader: this) => boolean, timeoutMs = PATIENCE_MS): Promise<void> {
    const deadline = Date.now() + timeoutMs;
    while (!wanted(this)) {
      if (Date.now() > deadline)
        throw new Error(`not seen in ${timeoutMs} ms; got ${JSON.stringify(this.events)}`);
      await new Promise<void>((resolve) => {
        this.#notify = resolve;
        setTimeout(resolve, 50);
      });
    }
  }

  stop(): void {
    this.#abort.abort();
  }
}
