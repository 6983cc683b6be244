import { request, type ClientRequest, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { StrictEventStream } from './strict-event-stream.ts';

/** `ended`: the server finished its response. `cut`: the connection broke before. */
export type StreamClose = 'ended' | 'cut';

export interface StreamRequest {
  readonly token: string;
  readonly lastEventId?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** A socket file to connect to instead of the address's port. */
  readonly socketPath?: string;
  /** Also called with the bytes of the body. */
  readonly also?: (bytes: Uint8Array) => void;
}

/**
 * One connection of a status stream. Distinguishes a clean end from a broken connection, and never throws for either.
 */
export class StreamConnection {
  readonly parser = new StrictEventStream();
  /** `null` before the response, and if the connection broke before it. */
  status: number | null = null;
  headers: IncomingHttpHeaders = {};
  /** The time from the call to the first byte of the body, ms. */
  firstByteMs: number | null = null;
  /** Resolves when the status is known, or when the connection has ended without one. */
  readonly answered: Promise<void>;
  readonly closed: Promise<StreamClose>;
  readonly #outgoing: ClientRequest;
  #over = false;
  #waiting: (() => void)[] = [];

  constructor(url: string, { token, lastEventId, headers, socketPath, also }: StreamRequest) {
    const since = performance.now();
    this.#outgoing = request(`${url}/checkout/v1/session/events`, {
      agent: false,
      ...(socketPath === undefined ? {} : { socketPath }),
      headers: {
        authorization: `Bearer ${token}`,
        ...(lastEventId ? { 'last-event-id': lastEventId } : {}),
        ...headers,
      },
    });
    let answer = (): void => undefined;
    this.answered = new Promise((resolve) => (answer = resolve));
    this.closed = new Promise((resolve) => {
      const close = (how: StreamClose): void => {
        this.#over = true;
        this.#wake();
        answer();
        resolve(how);
      };
      this.#outgoing.on('error', () => close('cut'));
      this.#outgoing.on('response', (response: IncomingMessage) => {
        this.status = response.statusCode!;
        this.headers = response.headers;
        answer();
        response.on('data', (chunk: Buffer) => {
          this.firstByteMs ??= performance.now() - since;
          this.parser.feed(chunk);
          also?.(chunk);
          this.#wake();
        });
        response.on('error', () => undefined);
        response.on('close', () => close(response.complete ? 'ended' : 'cut'));
      });
      this.#outgoing.end();
    });
  }

  get snapshots(): Snapshot[] {
    return this.parser.events
      .filter(({ type }) => type === 'snapshot')
      .map(({ data }) => JSON.parse(data) as Snapshot);
  }

  get versions(): number[] {
    return this.snapshots.map(({ version }) => version);
  }

  /** Waits for this version or a newer one, or until the connection is closed. Returns true if the version came. */
  async version(wanted: number): Promise<boolean> {
    const newest = () => Number(this.parser.lastEventId || -1);
    while (newest() < wanted && !this.#over) {
      await new Promise<void>((resolve) => this.#waiting.push(resolve));
    }
    return newest() >= wanted;
  }

  stop(): void {
    this.#outgoing.destroy();
  }

  #wake(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}
