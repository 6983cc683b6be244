import { randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { NoUsableResponse, type HttpResponse, type ProviderHttp } from '../provider-http.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { gatewayErrorText } from './error-texts.ts';

const PATH = '/tokens/v3/oauth';
/** A token is not used in its last moments, ms: a call takes a while to get there. */
const MARGIN_MS = 5_000;
/** Of a token whose life is not told, s: half of the shortest known. One that ends sooner is refused, and fetched anew. */
const UNTOLD_LIFE = 30;

const tokenSchema = v.object({
  access_token: v.pipe(v.string(), v.regex(/^[\x21-\x7e]{1,8192}$/)),
  /** Seconds; as text, too. */
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
 * Access tokens by OAuth's client credentials: one is used until shortly before its end (the bank's live for 60 s), and
 * whoever needs one while it is being fetched waits for the same one. A call in vain is nobody's refusal: the payment
 * was not heard of.
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

  /** The bank does not take this one any more. A newer one, which another call has fetched since, stays. */
  drop(value: string): void {
    if (this.#token?.value === value) this.#token = null;
  }

  async #fetch(): Promise<string> {
    const { http, clientId, clientSecret, scope, now } = this.#options;
    // From before the call: when the bank's own clock begins is not told.
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
    const said = gatewayErrorText(json) ?? 'no reason given';
    throw new NoUsableResponse(`the bank gives us no token: ${status} ${said}`, false);
  }
  const parsed = v.safeParse(tokenSchema, json);
  if (!parsed.success) {
    throw new NoUsableResponse(`the bank's token cannot be read: ${unreadableFields(parsed.issues)}`, true);
  }
  return parsed.output;
}
