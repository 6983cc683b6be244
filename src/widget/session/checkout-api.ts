import { PROBLEM_MEDIA_TYPE } from '../../protocol/problem.ts';
import { withDeadline } from './deadline.ts';
import { ACT_MS, ANSWER_MS, retryAfter } from './pace.ts';
import type { Surroundings } from './surroundings.ts';

/** One answer of the checkout API. `trouble` is everything that a later try may cure. */
export type Answer =
  | { readonly kind: 'ok'; readonly value: unknown; readonly askedAt: number; readonly answeredAt: number }
  | { readonly kind: 'refused'; readonly httpStatus: number }
  | { readonly kind: 'trouble'; readonly pauseMs: number };

/** What a payer did was understood and not done: a field is wrong, it is too late for it, or too soon. */
export interface ProblemAnswer {
  readonly kind: 'problem';
  readonly httpStatus: number;
  /** The companion's own word for it; empty when the answer is a proxy's. */
  readonly code: string;
  /** The fields at fault. */
  readonly paths: readonly string[];
  /** How long to leave it alone. */
  readonly pauseMs: number;
}

/** What a payer's page can ask its companion to do. */
export type ActPath = '/method' | '/push' | '/buyer-qr' | '/renew' | '/cancel';
export type ActBody = Readonly<Record<string, string>>;

interface Call {
  readonly accept: string;
  readonly signal: AbortSignal;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: ActBody;
}

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
  get(path: '' | '/banks', signal: AbortSignal): Promise<Answer> {
    return this.#answered(path, undefined, ANSWER_MS, signal, (response) =>
      Promise.resolve(isRefusal(response) ? refused(response) : trouble(response)),
    );
  }

  /** Never rejects. Without an answer nobody knows whether it was done: the next snapshot tells. */
  post(path: ActPath, body: ActBody, signal: AbortSignal): Promise<Answer | ProblemAnswer> {
    return this.#answered<ProblemAnswer>(path, body, ACT_MS, signal, async (response) => {
      if (response.status === 401) return refused(response);
      return response.status < 500 ? problem(response) : trouble(response);
    });
  }

  /** Opens the status stream; rejects when nothing answers. */
  events(lastVersion: number, signal: AbortSignal): Promise<Response> {
    return this.#request('/events', {
      accept: 'text/event-stream',
      headers: { 'last-event-id': String(lastVersion) },
      signal,
    });
  }

  async #answered<More = never>(
    path: string,
    body: ActBody | undefined,
    withinMs: number,
    signal: AbortSignal,
    otherwise: (response: Response) => Promise<Answer | More>,
  ): Promise<Answer | More> {
    const limit = withDeadline(signal, this.#world);
    limit.within(withinMs);
    const askedAt = this.#world.now();
    try {
      const call = { accept: 'application/json', signal: limit.signal };
      const response = await this.#request(path, body ? { ...call, body } : call);
      if (!response.ok) return await otherwise(response);
      const value: unknown = await response.json();
      return { kind: 'ok', value, askedAt, answeredAt: this.#world.now() };
    } catch {
      return { kind: 'trouble', pauseMs: 0 }; // no network, no answer in time, or not JSON: all may pass
    } finally {
      limit.end();
    }
  }

  #request(path: string, { accept, headers, body, signal }: Call): Promise<Response> {
    return this.#world.fetch(this.#base + path, {
      ...(body && { method: 'POST', body: JSON.stringify(body) }),
      headers: {
        accept,
        ...headers,
        ...(body && { 'content-type': 'application/json' }),
        authorization: `Bearer ${this.#token}`,
      },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error', // a token is never carried to another address
      signal,
    });
  }
}

function refused({ status }: Response): Answer {
  return { kind: 'refused', httpStatus: status };
}

function trouble({ headers }: Response): Answer {
  return { kind: 'trouble', pauseMs: retryAfter(headers) };
}

async function problem(response: Response): Promise<ProblemAnswer> {
  const { code, errors } = await readFields(response);
  return {
    kind: 'problem',
    httpStatus: response.status,
    code: typeof code === 'string' ? code : '',
    paths: Array.isArray(errors) ? errors.map((error) => String(fields(error)['path'])) : [],
    pauseMs: retryAfter(response.headers),
  };
}

async function readFields(response: Response): Promise<Readonly<Record<string, unknown>>> {
  try {
    return fields(await response.json());
  } catch {
    return {}; // a proxy's page: its status says enough
  }
}

/** Anyone's JSON: nothing in it is what it should be until it was looked at. */
function fields(value: unknown): Readonly<Record<string, unknown>> {
  return Object(value) as Record<string, unknown>;
}

/**
 * The token is wrong, foreign or too old: asking again will not help. A bare 403 or 404 is a proxy's word, most likely
 * of the minute in which the companion restarts; only as a problem (RFC 9457) is it the companion's own.
 */
function isRefusal({ status, headers }: Response): boolean {
  const own = headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE) === true;
  return status === 401 || ((status === 403 || status === 404) && own);
}
