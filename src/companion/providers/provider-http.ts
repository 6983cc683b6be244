import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboundClient, OutboundResponse, TlsIdentity } from '../outbound/client.ts';
import { failureReason } from '../outbound/failure-reason.ts';
import { errorText } from './error-text.ts';
import { ProviderError, type ProviderErrorOptions } from './provider.ts';
import { backoffMs, jitteredMs, type Backoff } from '../lib/backoff.ts';

/** One try, to its last byte. */
const TRY_TIMEOUT_MS = 5_000;
/** All tries of one call. The merchant waits for the call; the reconciler retries later what it leaves open. */
const CALL_TIMEOUT_MS = 9_000;
const MAX_TRIES = 3;
/** Before the second try and the third. Jitter keeps callers from retrying at the same moment. */
const RETRY: Backoff = { firstMs: 250, longestMs: 500 };
/** A payment with a drawn QR code takes about 20 kB. */
const MAX_RESPONSE_BYTES = 1024 * 1024;
/** The request was rejected before it was processed: a wrong key, or too many requests. */
const REJECTED_UNPROCESSED = [401, 403, 425, 429];
const KEY_REJECTED = [401, 403];

/** The provider's response, or the lack of one, says nothing about the payment. Counts as an outage. */
export class NoUsableResponse extends ProviderError {
  /** True if the same call may be repeated at once. */
  readonly worthRetrying: boolean;
  constructor(message: string, worthRetrying: boolean, options?: ProviderErrorOptions) {
    super('unavailable', message, options);
    this.worthRetrying = worthRetrying;
  }
}

/** The provider has the call and is still processing it: repeat the same call in a moment. */
export class StillProcessing extends ProviderError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

/**
 * Returns the result of a call that may have been carried out before. A refusal then says nothing, because the first call
 * may be its reason: it is thrown as `unavailable`.
 */
export async function resultOfRepeat<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
    throw new ProviderError('unavailable', error.message, { cause: error });
  }
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Appended to the base address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent byte for byte: some providers sign it. */
  readonly body?: string;
  /**
   * True if a repeat of the call has no second effect: the call has an idempotency key, only reads, or only closes. Any
   * other call is sent once, on a new connection: a kept-alive connection may be dead, and the call would be lost on it.
   */
  readonly repeatable: boolean;
  /**
   * Statuses that are passed to `read` although they say nothing about the payment, such as a 401 for an expired token
   * that can be replaced. Defaults to none.
   */
  readonly readableStatuses?: readonly number[];
}

export interface HttpResponse {
  readonly status: number;
  /** The parsed body; `undefined` when it is not JSON: a proxy's page, a truncated response. */
  readonly json: unknown;
  /** True if an earlier try of the same call may have arrived. A refusal may then be about the repeat. */
  readonly repeated: boolean;
}

export interface ProviderHttpOptions {
  readonly baseUrl: string;
  readonly outbound: OutboundClient;
  /** Our client certificate, for payment systems that require one. Defaults to none. */
  readonly identity?: TlsIdentity | null;
  /** The payment system's name in the log. Defaults to `the provider`. */
  readonly name?: string;
  /** The settings to check when the payment system rejects our key, such as `SBP_ACME_KEY`. Defaults to none. */
  readonly keySettings?: string;
  /** Keys and passwords, masked wherever the payment system repeats them. Defaults to none. */
  readonly secrets?: readonly string[];
  /** Reads the text of an error body for the operator's log; `null` when it has none. Defaults to {@link errorText}. */
  readonly errorText?: (body: unknown) => string | null;
}

/**
 * HTTP calls to a payment system. Decides which responses say something about the payment, and repeats calls where that
 * is safe. Time, size and addresses are limited by the outbound client.
 */
export class ProviderHttp {
  readonly #options: Required<ProviderHttpOptions>;

  constructor(options: ProviderHttpOptions) {
    const { baseUrl, outbound, identity = null } = options;
    this.#options = {
      name: 'the provider',
      keySettings: '',
      secrets: [],
      errorText,
      ...options,
      identity,
      // The base address comes from the configuration: it may be inside our own network, and behind a proxy.
      outbound: outbound.configured([baseUrl], identity),
    };
  }

  /**
   * Returns what `read` makes of the response. A response that says nothing about the payment never reaches `read`: no
   * response, a server error, a page instead of JSON, a rejected key, too many requests. Each throws a
   * {@link NoUsableResponse}. `read` throws one for a response that it cannot use, {@link StillProcessing} to have the call
   * repeated, and a `refused` {@link ProviderError} for a refusal.
   */
  async call<T>(call: HttpCall, read: (response: HttpResponse) => T): Promise<T> {
    const deadline = performance.now() + CALL_TIMEOUT_MS;
    let mayHaveTakenEffect = false;
    for (let tries = 1; ; tries++) {
      try {
        const response = await this.#try(call, Math.min(TRY_TIMEOUT_MS, deadline - performance.now()));
        return read({ ...response, repeated: mayHaveTakenEffect });
      } catch (error) {
        if (!(error instanceof NoUsableResponse || error instanceof StillProcessing)) throw error;
        mayHaveTakenEffect ||= error.mayHaveTakenEffect;
        const pause = jitteredMs(backoffMs(tries - 1, RETRY), [0.5, 1.5]);
        const worthRetrying = error instanceof StillProcessing || error.worthRetrying;
        const again = call.repeatable && worthRetrying && tries < MAX_TRIES;
        if (!again || performance.now() + pause >= deadline) {
          // The last try did not arrive, but an earlier one may have.
          throw mayHaveTakenEffect === error.mayHaveTakenEffect
            ? error
            : new NoUsableResponse(error.message, worthRetrying, { mayHaveTakenEffect });
        }
        await sleep(pause);
      }
    }
  }

  async #try(
    { method, path, headers, body, repeatable, readableStatuses = [] }: HttpCall,
    timeoutMs: number,
  ): Promise<Omit<HttpResponse, 'repeated'>> {
    const { baseUrl, outbound, name } = this.#options;
    let response: OutboundResponse;
    let sent = false;
    try {
      response = await outbound.call({
        url: `${baseUrl}${path}`,
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: Math.max(1, Math.ceil(timeoutMs)),
        maxBytes: MAX_RESPONSE_BYTES,
        freshConnection: !repeatable,
        onSend: () => (sent = true),
      });
    } catch (cause) {
      const message = `${name} did not respond: ${failureReason(cause)}`;
      throw new NoUsableResponse(message, true, { mayHaveTakenEffect: sent });
    }
    const json = this.#readJson(response);
    if (!readableStatuses.includes(response.status)) this.#checkUsable(response, json);
    return { status: response.status, json };
  }

  /** Throws {@link NoUsableResponse} for a response that says nothing about the payment. */
  #checkUsable({ status, body }: OutboundResponse, json: unknown): void {
    const { name } = this.#options;
    if (status >= 200 && status < 300) {
      if (json !== undefined) return;
      const why = body === null ? 'it is too large' : 'it is not JSON';
      throw new NoUsableResponse(`${name}'s response cannot be read (${status}): ${why}`, true);
    }
    const text = this.#maskSecrets(this.#options.errorText(json ?? body?.toString('utf8')) ?? '');
    const message = `${name} returned ${status}${text === '' ? '' : `: ${text}`}`;
    if (status >= 500 || status === 408) throw new NoUsableResponse(message, true);
    if (REJECTED_UNPROCESSED.includes(status)) {
      throw new NoUsableResponse(
        KEY_REJECTED.includes(status) ? this.#keyRejected(status, text) : message,
        false,
        { mayHaveTakenEffect: false },
      );
    }
    // The API itself returns JSON objects only.
    if (status < 400 || typeof json !== 'object' || json === null) throw new NoUsableResponse(message, false);
  }

  #keyRejected(status: number, text: string): string {
    const { name, keySettings } = this.#options;
    const message = `${name} refused our key (${status})${text === '' ? '' : `: ${text}`}`;
    return keySettings === '' ? message : `${message}: check ${keySettings}`;
  }

  /** Masks our keys in error bodies: their texts may reach a log or the merchant. */
  #readJson({ status, body }: OutboundResponse): unknown {
    if (body === null) return undefined;
    try {
      const text = body.toString('utf8');
      if (status < 300) return JSON.parse(text);
      return JSON.parse(text, (_name, value: unknown) =>
        typeof value === 'string' ? this.#maskSecrets(value) : value,
      );
    } catch {
      return undefined;
    }
  }

  #maskSecrets(text: string): string {
    return this.#options.secrets.reduce((masked, secret) => masked.replaceAll(secret, '[masked]'), text);
  }
}
