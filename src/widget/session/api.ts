import type { Platform } from '../../protocol/banks.ts';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../../protocol/problem.ts';
import { toJson } from '../browser/json.ts';
import { withDeadline } from './deadline.ts';
import { ACTION_TIMEOUT_MS, ANSWER_TIMEOUT_MS, retryAfter } from './timing.ts';
import type { ActionBody, ActionPath, Answer, ProblemAnswer } from './types.ts';
import type { Environment } from './environment.ts';

/** The checkout API of one payment: adds the token, never lets it into a URL. */
export class CheckoutApi {
  readonly #base: string;
  readonly #token: string;
  readonly #environment: Environment;

  constructor(endpoint: string, token: string, environment: Environment) {
    this.#base = `${endpoint.replace(/\/+$/, '')}/checkout/v1/session`;
    this.#token = token;
    this.#environment = environment;
  }

  /** Never rejects. */
  get(path: '' | '/banks' | `/banks?platform=${Platform}`, signal: AbortSignal): Promise<Answer> {
    // A GET sends no body, so no answer is a problem of one.
    return this.#exchange(path, signal, ANSWER_TIMEOUT_MS) as Promise<Answer>;
  }

  /** Never rejects. Without an answer nobody knows whether it was done: the next snapshot tells. */
  post(path: ActionPath, body: ActionBody, signal: AbortSignal): Promise<Answer | ProblemAnswer> {
    return this.#exchange(path, signal, ACTION_TIMEOUT_MS, body);
  }

  /** Opens the status stream; rejects when nothing answers. */
  events(lastVersion: number, signal: AbortSignal): Promise<Response> {
    const headers = { accept: 'text/event-stream', 'last-event-id': String(lastVersion) };
    return this.#request('/events', { headers, signal });
  }

  async #exchange(
    path: string,
    parent: AbortSignal,
    withinMs: number,
    body?: ActionBody,
  ): Promise<Answer | ProblemAnswer> {
    const limit = withDeadline(parent, this.#environment);
    limit.within(withinMs);
    const { signal } = limit;
    const askedAt = this.#environment.now();
    let came: string | null = null;
    try {
      const response = await this.#request(
        path,
        body ? posting(body, signal) : { headers: JSON_ONLY, signal },
      );
      const { status: httpStatus, headers } = response;
      came = `${httpStatus} ${headers.get('content-type') ?? ''}`;
      if (response.ok) {
        const value: unknown = await response.json();
        return { kind: 'ok', value, askedAt, answeredAt: this.#environment.now() };
      }
      const pauseMs = retryAfter(headers);
      const code = await codeOf(response);
      if (httpStatus === 401 || (!body && code !== null && (httpStatus === 403 || httpStatus === 404))) {
        const isOrigin = code === 'origin_not_allowed';
        return { kind: 'refused', refusal: isOrigin ? 'origin-not-allowed' : `http-${httpStatus}` };
      }
      if (body && httpStatus < 500) return { kind: 'problem', httpStatus, pauseMs };
      return { kind: 'trouble', pauseMs, received: code === null ? came : null };
    } catch (error) {
      // No network, no answer in time, or not JSON: all may pass.
      return {
        kind: 'trouble',
        pauseMs: 0,
        received: came ?? (signal.aborted ? 'no answer' : String(error)),
      };
    } finally {
      limit.end();
    }
  }

  #request(path: string, init: RequestInit): Promise<Response> {
    return this.#environment.fetch(this.#base + path, {
      ...init,
      headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${this.#token}` },
      cache: 'no-store',
      credentials: 'omit',
      redirect: 'error', // a token is never carried to another address
    });
  }
}

const JSON_ONLY = { accept: 'application/json' };

function posting(body: ActionBody, signal: AbortSignal): RequestInit {
  const headers = { ...JSON_ONLY, 'content-type': 'application/json' };
  return { method: 'POST', headers, body: toJson(body), signal };
}

/**
 * The code of the companion's own refusal; `null` for an answer of anyone else. A bare 403 or 404 is a proxy's word, most
 * likely of the minute in which the companion restarts: only a problem (RFC 9457) is the companion's. Of a wrong path the
 * companion says `not_found`, and nothing of the payment. To a POST both say only that this cannot be done.
 */
async function codeOf(response: Response): Promise<string | null> {
  if (!response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE)) return null;
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const code = problem?.code ?? '';
  return code === 'not_found' ? null : code;
}
