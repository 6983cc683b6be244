import { createParser } from 'eventsource-parser';
import { STREAM_EVENTS } from '../../protocol/stream.ts';
import type { CheckoutApi } from './api.ts';
import { withDeadline } from './deadline.ts';
import { ANSWER_TIMEOUT_MS, GARBLED_EVENTS, SHORT_LIFE_MS, SILENCE_MS, retryAfter } from './timing.ts';
import type { Environment } from './environment.ts';

/** How a stream ended. */
export type StreamEnd =
  /** The server announced the end. */
  | { readonly kind: 'ended' }
  /** The stream worked and then broke off. `retryMs` is the server's `retry:`, `null` without one. */
  | { readonly kind: 'dropped'; readonly short: boolean; readonly retryMs: number | null }
  /**
   * The stream never worked, or its snapshots are damaged. `certain` is false when the server could not be reached at all.
   */
  | { readonly kind: 'failed'; readonly certain: boolean; readonly pauseMs: number }
  /**
   * The stream is open but does not bring new snapshots: a proxy holds it back, or one end is gone. `hasBeaten` is true when
   * the heartbeats still arrived.
   */
  | { readonly kind: 'silent'; readonly hasBeaten: boolean };

export interface StreamCallbacks {
  /** Called when bytes arrive. */
  alive(): void;
  /** Called with the unchecked data of a snapshot event, `null` when it is not JSON. Returns true if it is a snapshot. */
  snapshot(value: unknown): boolean;
}

/** A snapshot has about 1 kB. The limit protects the payer's memory from an endless line. */
const MAX_EVENT_CHARS = 262_144;

/** Reads one status stream until it ends. Never rejects. */
export async function readStream(
  api: CheckoutApi,
  lastVersion: number,
  environment: Environment,
  parent: AbortSignal,
  callbacks: StreamCallbacks,
): Promise<StreamEnd> {
  const limit = withDeadline(parent, environment);
  const startedAt = environment.now();
  let openedAt: number | null = null;
  let isSilent = false;
  let retryMs: number | null = null;
  // An object, since TypeScript does not see that a callback changes its fields.
  const seen = { end: false, garbled: 0 };
  limit.within(ANSWER_TIMEOUT_MS);
  try {
    const response = await api.events(lastVersion, limit.signal);
    if (response.status === 204) return { kind: 'ended' };
    const type = response.headers.get('content-type');
    if (!response.ok || !response.body || !type?.startsWith('text/event-stream')) {
      return { kind: 'failed', certain: true, pauseMs: retryAfter(response.headers) };
    }
    openedAt = environment.now();
    limit.within(SILENCE_MS);
    const parser = createParser({
      maxBufferSize: MAX_EVENT_CHARS,
      onEvent({ event, data }) {
        if (event === STREAM_EVENTS.end) seen.end = true;
        else if (event === STREAM_EVENTS.snapshot && seen.garbled < GARBLED_EVENTS)
          seen.garbled = callbacks.snapshot(parse(data)) ? 0 : seen.garbled + 1;
      },
      onRetry: (ms) => (retryMs = ms),
    });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      limit.within(SILENCE_MS);
      callbacks.alive();
      parser.feed(decoder.decode(value, { stream: true }));
      if (seen.end) return { kind: 'ended' };
      if (seen.garbled === GARBLED_EVENTS) return { kind: 'failed', certain: true, pauseMs: 0 };
    }
  } catch {
    // A network error, silence, an overlong event or our own abort. The code below tells them apart.
    isSilent = limit.signal.aborted && !parent.aborted;
  } finally {
    limit.end();
  }
  if (openedAt === null) {
    return { kind: 'failed', certain: environment.now() - startedAt >= ANSWER_TIMEOUT_MS, pauseMs: 0 };
  }
  if (isSilent) return { kind: 'silent', hasBeaten: false };
  return { kind: 'dropped', short: environment.now() - openedAt < SHORT_LIFE_MS, retryMs };
}

function parse(data: string): unknown {
  try {
    return JSON.parse(data);
  } catch {
    return null; // seen by the callbacks as "no snapshot"
  }
}
