import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { NoUsableResponse, type HttpResponse, type ProviderHttp } from '../provider-http.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { gatewayErrorText } from './error-texts.ts';

const PATH = '/tokens/v3/oauth';
/** A token is not used in its last moments, ms, because a call takes time to arrive. */
const MARGIN_MS = 5_000;
/**
 * The lifetime of a token without `expires_in`, s: half of the shortest known one. If it ends earlier, the bank rejects
 * it and a new one is fetched.
 */
const UNTOLD_LIFE = 30;

const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/)),
  /** Seconds, as a number or as text. */
  expires_in: v.fallback(
    v.pipe(
      v.union([v.number(), v.pipe(v.string(), v.regex(/^\d{1,9}$/), v.transform(Number))]),
      v.finite(),
      v.gtValue(0),
    ),
    UNTOLD_LIFE,
  ),
});

export interface TokensOptions {
  readonly http: ProviderHttp;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly scope: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Access tokens by OAuth client credentials. A token is used until shortly before its end (the bank's tokens live for
 * 60 s). Callers that need a token while one is being fetched share that fetch. A failed fetch is never `refused`: the
 * bank has not received the payment.
 */
export class Tokens {
  readonly #options: TokensOptions;
  #token: { readonly value: string; readonly usableUntil: number } | null = null;
  #coming: Promise<string> | null = null;

  constructor(options: TokensOptions) {
    this.#options = options;
  }

  async get(): Promise<string> {
    if (this.#token && this.#options.now() < this.#token.usableUntil) return this.#token.value;
    this.#coming ??= this.#fetch().finally(() => (this.#coming = null));
    return this.#coming;
  }

  /** Drops a token that the bank rejects. A newer one, fetched by another call, stays. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = null;
  }

  async #fetch(): Promise<string> {
    const { http, clientId, clientSecret, scope, now } = this.#options;
    // The time before the call: the bank does not say when the lifetime begins.
    const askedAt = now();
    const { access_token: value, expires_in } = await http.call(
      {
        method: 'POST',
        path: PATH,
        headers: {
          authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}`,
          'content-type': 'application/x-www-form-urlencoded',
          RqUID: randomBytes(16).toString('hex'),
        },
        body: new URLSearchParams({ grant_type: 'client_credentials', scope }).toString(),
        repeatable: true,
        readableStatuses: [401, 403],
      },
      readToken,
    );
    const lifeMs = expires_in * 1000;
    this.#token = { value, usableUntil: askedAt + lifeMs - Math.min(MARGIN_MS, lifeMs / 2) };
    return value;
  }
}

function readToken({ status, json }: HttpResponse): v.InferOutput<typeof tokenSchema> {
  if (status >= 300) {
    const message = gatewayErrorText(json) ?? 'no reason given';
    throw new NoUsableResponse(`the bank issued no token: ${status} ${message}`, false);
  }
  const parsed = v.safeParse(tokenSchema, json);
  if (!parsed.success) {
    throw new NoUsableResponse(`the bank's token cannot be read: ${unreadableFields(parsed.issues)}`, true);
  }
  return parsed.output;
}
