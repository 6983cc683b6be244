import { setTimeout as sleep } from 'node:timers/promises';
import type { OutboundAnswer, OutboundClient, TlsIdentity } from '../outbound/client.ts';
import { failureReason } from '../outbound/failure-reason.ts';
import { errorWords } from './error-text.ts';
import { ProviderError, type ProviderErrorOptions } from './provider.ts';
import { backoffMs, jitteredMs, type Backoff } from '../lib/backoff.ts';

/** One try, to its last byte. */
const TRY_MS = 5_000;
/** All tries of one call: the merchant waits for it, and the reconciler comes back to what it leaves open. */
const CALL_MS = 9_000;
const MAX_TRIES = 3;
/** Before the second try, ms; twice as long before the third. Jittered, so that callers don't come back together. */
const RETRY: Backoff = { firstMs: 250, longestMs: 500 };
/** A payment with its QR drawn is some 20 kB. */
const MAX_ANSWER_BYTES = 1024 * 1024;
/** Turned away before anything was looked at: our key, or our pace. */
const TURNED_AWAY = [401, 403, 425, 429];
const KEY_REFUSED = [401, 403];

/** A provider that did not say anything about the payment; `worthRetrying` at once. */
export class NoAnswer extends ProviderError {
  readonly worthRetrying: boolean;
  constructor(message: string, worthRetrying: boolean, options?: ProviderErrorOptions) {
    super('unavailable', message, options);
    this.worthRetrying = worthRetrying;
  }
}

/** It has heard the call, and cannot say yet what comes of it: worth asking again in a moment. */
export class NotYet extends ProviderError {
  constructor(message: string) {
    super('unavailable', message);
  }
}

export interface HttpCall {
  readonly method: 'GET' | 'POST';
  /** Under the base address. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** The exact text: some providers sign it. */
  readonly body?: string;
  /**
   * Whether a second call means the same as one: by its key, or because it only reads or closes. A call that is not
   * repeatable is sent once, on a connection of its own: a kept-alive one may be dead, and the call would be lost on it.
   */
  readonly repeatable: boolean;
  /** Statuses that go to `read` although they say nothing of the payment: for keys that run out and can be had anew. */
  readonly alsoReads?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  /** The parsed body; `undefined` for what is no JSON: a proxy's page, half an answer. */
  readonly json: unknown;
  /** An earlier try of the same call may have arrived, its answer lost: a no may be about the repeat. */
  readonly repeated: boolean;
}

export interface ProviderHttpOptions {
  readonly baseUrl: string;
  readonly outbound: OutboundClient;
  /** A certificate of ours, for a payment system that asks for one. Defaults to none. */
  readonly identity?: TlsIdentity | null;
  /** The name of the payment system in the log. Defaults to `the provider`. */
  readonly name?: string;
  /** The settings that a refused key is to be looked for in: `SBP_ACME_KEY`. */
  readonly keySettings?: string;
  /** Never to be seen in a log, also where the payment system repeats them: keys, passwords. */
  readonly secrets?: readonly string[];
  /** Reads the words of an error's body for the operator's log; `null` if there are none. Defaults to {@link errorWords}. */
  readonly words?: (json: unknown) => string | null;
}

/** HTTP to a payment system: bounded in time and size, repeated where that is safe, and never trusting. */
export class ProviderHttp {
  readonly #options: Required<ProviderHttpOptions>;

  constructor(options: ProviderHttpOptions) {
    const { baseUrl, outbound, identity = null } = options;
    this.#options = {
      name: 'the provider',
      keySettings: '',
      secrets: [],
      words: errorWords,
      ...options,
      identity,
      // The base address stands in the configuration: it may be inside our own network, and behind a proxy.
      outbound: outbound.configured([baseUrl], identity),
    };
  }

  /**
   * The answer as `read` understands it. What says nothing about the payment never reaches `read`: no answer, a
   * server's error, a page where JSON should be, our own key or pace at fault; all of it is {@link NoAnswer}.
   * `read` throws one as well for an answer that it cannot use, {@link NotYet} for one that is to be asked for again,
   * and a `refused` ProviderError for a real no.
   */
  async call<T>(call: HttpCall, read: (answer: HttpAnswer) => T): Promise<T> {
    const deadline = performance.now() + CALL_MS;
    let asked = false;
    for (let tries = 1; ; tries++) {
      try {
        const answer = await this.#try(call, Math.min(TRY_MS, deadline - performance.now()));
        return read({ ...answer, repeated: asked });
      } catch (error) {
        if (!(error instanceof NoAnswer || error instanceof NotYet)) throw error;
        asked ||= error.asked;
        const pause = jitteredMs(backoffMs(tries - 1, RETRY), [0.5, 1.5]);
        const worthRetrying = error instanceof NotYet || error.worthRetrying;
        const again = call.repeatable && worthRetrying && tries < MAX_TRIES;
        if (!again || performance.now() + pause >= deadline) {
          // An earlier try may have arrived, if the last one has not.
          throw asked === error.asked ? error : new NoAnswer(error.message, worthRetrying, { asked });
        }
        await sleep(pause);
      }
    }
  }

  async #try(
    { method, path, headers, body, repeatable, alsoReads = [] }: HttpCall,
    timeoutMs: number,
  ): Promise<Omit<HttpAnswer, 'repeated'>> {
    const { baseUrl, outbound, name } = this.#options;
    let answer: OutboundAnswer;
    let sent = false;
    try {
      answer = await outbound.call({
        url: `${baseUrl}${path}`,
        method,
        headers: {
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...headers,
        },
        ...(body === undefined ? {} : { body }),
        timeoutMs: Math.max(1, Math.ceil(timeoutMs)),
        maxBytes: MAX_ANSWER_BYTES,
        ownConnection: !repeatable,
        onSend: () => (sent = true),
      });
    } catch (cause) {
      const message = `${name} did not answer: ${failureReason(cause)}`;
      throw new NoAnswer(message, true, { asked: sent });
    }
    const json = this.#readJson(answer);
    if (!alsoReads.includes(answer.status)) this.#refuseSilence(answer, json);
    return { status: answer.status, json };
  }

  /** Throws a {@link NoAnswer} for what says nothing about the payment. */
  #refuseSilence({ status, body }: OutboundAnswer, json: unknown): void {
    const { name } = this.#options;
    if (status >= 200 && status < 300) {
      if (json !== undefined) return;
      const why = body === null ? 'it is too large' : 'it is no JSON';
      throw new NoAnswer(`${name}'s answer cannot be read (${status}): ${why}`, true);
    }
    const said = this.#said(json ?? body?.toString('utf8'));
    const answered = `${name} answered ${status}${said === '' ? '' : `: ${said}`}`;
    if (status >= 500 || status === 408) throw new NoAnswer(answered, true);
    if (TURNED_AWAY.includes(status)) {
      throw new NoAnswer(KEY_REFUSED.includes(status) ? this.#keyRefused(status, said) : answered, false, {
        asked: false,
      });
    }
    // The API itself answers with JSON objects only.
    if (status < 400 || typeof json !== 'object' || json === null) throw new NoAnswer(answered, false);
  }

  #keyRefused(status: number, said: string): string {
    const { name, keySettings } = this.#options;
    const refused = `${name} refused our key (${status})${said === '' ? '' : `: ${said}`}`;
    return keySettings === '' ? refused : `${refused}: check ${keySettings}`;
  }

  #said(body: unknown): string {
    return this.#masked(this.#options.words(body) ?? '');
  }

  /** Masks our keys where an error repeats them: its words may end in a log or at the merchant. */
  #readJson({ status, body }: OutboundAnswer): unknown {
    if (body === null) return undefined;
    try {
      const text = body.toString('utf8');
      if (status < 300) return JSON.parse(text);
      return JSON.parse(text, (_name, value: unknown) =>
        typeof value === 'string' ? this.#masked(value) : value,
      );
    } catch {
      return undefined;
    }
  }

  #masked(text: string): string {
    return this.#options.secrets.reduce((masked, secret) => masked.replaceAll(secret, '[masked]'), text);
  }
}
