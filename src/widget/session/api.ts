import type { Platform } from '../../protocol/banks.ts';
import { PROBLEM_MEDIA_TYPE, type Problem } from '../../protocol/problem.ts';
import { toJson } from '../browser/json.ts';
import { withDeadline } from './deadline.ts';
import { ACTION_TIMEOUT_MS, ANSWER_TIMEOUT_MS, retryAfter } from './timing.ts';
import type { ActionBody, ActionPath, Answer, ProblemAnswer } from './types.ts';
import type { Environment } from './environment.ts';

/** The checkout API of one payment. Sends the token in a header, never in a URL. */
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
    // Only requests with a body return `problem`.
    return this.#exchange(path, signal, ANSWER_TIMEOUT_MS) as Promise<Answer>;
  }

  /** Never rejects. After `trouble` the action may have been done: the next snapshot shows it. */
  post(path: ActionPath, body: ActionBody, signal: AbortSignal): Promise<Answer | ProblemAnswer> {
    return this.#exchange(path, signal, ACTION_TIMEOUT_MS, body);
  }

  /** Opens the status stream. Rejects when there is no response. */
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
      // No network, a timeout, or a body that is not JSON: all may be temporary.
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
      redirect: 'error', // The token must not reach another address.
    });
  }
}

const JSON_ONLY = { accept: 'application/json' };

function posting(body: ActionBody, signal: AbortSignal): RequestInit {
  const headers = { ...JSON_ONLY, 'content-type': 'application/json' };
  return { method: 'POST', headers, body: toJson(body), signal };
}

/**
 * Returns the code of the companion's own problem document (RFC 9457), `null` for any other response. A 403 or 404 without one
 * comes from a proxy, most likely while the companion restarts. The code `not_found` is about the path, not about the payment,
 * so it also counts as `null`. After a POST, 403 and 404 only mean that the action is not possible.
 */
async function codeOf(response: Response): Promise<string | null> {
  if (!response.headers.get('content-type')?.startsWith(PROBLEM_MEDIA_TYPE)) return null;
  const problem = (await response.json().catch(() => null)) as Partial<Problem> | null;
  const code = problem?.code ?? '';
  return code === 'not_found' ? null : code;
}
