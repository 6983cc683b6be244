import { PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts';
import { ANSWER_MS, retryAfter } from './pace.ts';
import type { Surroundings } from './surroundings.ts';

/** One answer of the checkout API. `trouble` is everything that a later try may cure. */
export type Answer =
  | { readonly kind: 'ok'; readonly value: unknown; readonly askedAt: number; readonly answeredAt: number }
  | { readonly kind: 'refused'; readonly httpStatus: number }
  | { readonly kind: 'trouble'; readonly pauseMs: number };

/** The checkout API of one payment: adds the token, never lets it into a URL. */
export class CheckoutApi {
  readonly #base: string;
  readonly #token: string;
  readonly #world: Surroundings;

  constructor(endpoint: string, token: string, world: Surroundings) {
    this.#base = `${endpoint.replace(/\/+$/, '')}/checkout/v1/session`;
    this.#token = token;
    this.#world = world;
  }

  /** Never rejects. */
  async get(path: '' | '/banks', signal: AbortSignal): Promise<Answer> {
    const limit = withDeadline(signal, this.#world);
    limit.within(ANSWER_MS);
    const askedAt = this.#world.now();
    try {
      const response = await this.#request(path, { accept: 'application/json' }, limit.signal);
      if (response.ok) {
        const value: unknown = await response.json();
        return { kind: 'ok', value, askedAt, answeredAt: this.#world.now() };
      }
      return isRefusal(response)
        ? { kind: 'refused', httpStatus: response.status }
        : { kind: 'trouble', pauseMs: retryAfter(response.headers) };
    } catch {
      return { kind: 'trouble', pauseMs: 0 }; // no network, no answer in time, or not JSON: all may pass
    } finally {
      limit.end();
    }
  }

  /** Opens the status stream; rejects when nothing answers. */
  events(lastVersion: number, signal: AbortSignal): Promise<Response> {
    return this.#request(
      '/events',
      { accept: 'text/event-stream', 'last-event-id': String(lastVersion) },
      signal,
    );
  }

  #request(path: string, headers: Record<string, string>, signal: AbortSignal): Promise<Response> {
    return this.#world.fetch(this.#base + path, {
      headers: { ...headers, authorization: `Bearer ${this.#token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error', // a token is never carried to another address
      signal,
    });
  }
}

/**
 * The token is wrong, foreign or too old: asking again will not help. A bare 403 or 404 is a proxy's word, most likely
 * of the minute in which the companion restarts; only as a problem (RFC 9457) is it the companion's own.
 */
function isRefusal({ status, headers }: Response): boolean {
  const problem = headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) === true;
  return status === 401 || ((status === 403 || status === 404) && problem);
}

export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts `ms` from now, instead of when it was to be before. */
  within(ms: number): void;
  /** Aborts now and lets go of the timer and of the parent signal. */
  end(): void;
}

/** An abort signal with a movable deadline. (`AbortSignal.any` is missing in browsers that payers still use.) */
export function withDeadline(parent: AbortSignal, world: Surroundings): Deadline {
  const controller = new AbortController();
  let cancel = (): void => undefined;
  const end = (): void => {
    cancel();
    parent.removeEventListener('abort', end);
    controller.abort();
  };
  if (parent.aborted) controller.abort();
  else parent.addEventListener('abort', end);
  return {
    signal: controller.signal,
    within(ms) {
      cancel();
      cancel = world.after(ms, end);
    },
    end,
  };
}
