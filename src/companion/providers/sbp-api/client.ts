import { setTimeout as sleep } from 'node:timers/promises';
import * as v from 'valibot';
import { othersWords } from '../../logging.ts';
import type { OutboundAnswer, OutboundClient } from '../../outbound/client.ts';
import { ProviderError } from '../provider.ts';
import { refusalSchema } from './messages.ts';
import type { SbpApiSettings } from './settings.ts';

/** One try, to its last byte. */
const TRY_MS = 5_000;
/** All tries of one call: the merchant waits for it, and the caretaker comes back to what it leaves open. */
const CALL_MS = 9_000;
const MAX_TRIES = 3;
/** Before the second try, ms; twice as long before the third. Jittered, so that callers don't come back together. */
const BACKOFF_MS = 250;
/** A payment with its QR drawn is some 20 kB. */
const MAX_ANSWER_BYTES = 1024 * 1024;

/** A refusal that is about the call itself. `code` as the upstream names it. */
export class Refusal extends ProviderError {
  readonly status: number;
  readonly code: string | null;
  /** Fields at fault. */
  readonly paths: readonly string[];
  constructor(status: number, code: string | null, detail: string | null, paths: readonly string[]) {
    super(
      'refused',
      `the upstream refused: ${status} ${othersWords(`${code ?? ''} ${detail ?? ''}`)}`.trim(),
    );
    this.status = status;
    this.code = code;
    this.paths = paths;
  }
}

/** An upstream that did not say anything about the payment; `worthRetrying` at once. */
class NoAnswer extends ProviderError {
  readonly worthRetrying: boolean;
  constructor(message: string, worthRetrying: boolean, options?: ErrorOptions) {
    super('unavailable', message, options);
    this.worthRetrying = worthRetrying;
  }
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Under `/api/sbp/v1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** HTTP to an SBP API: every call made here may be repeated, by its key or because it only reads or closes. */
export class SbpApiClient {
  readonly #settings: SbpApiSettings;
  readonly #outbound: OutboundClient;

  constructor({ settings, outbound }: { settings: SbpApiSettings; outbound: OutboundClient }) {
    this.#settings = settings;
    this.#outbound = outbound;
  }

  /** The answer as `schema` reads it. Throws {@link Refusal}, or a {@link ProviderError} `unavailable`. */
  async call<Schema extends v.GenericSchema>(call: Call, schema: Schema): Promise<v.InferOutput<Schema>> {
    const deadline = performance.now() + CALL_MS;
    for (let tries = 1; ; tries++) {
      try {
        return await this.#try(call, schema, Math.min(TRY_MS, deadline - performance.now()));
      } catch (error) {
        if (!(error instanceof NoAnswer) || !error.worthRetrying || tries >= MAX_TRIES) throw error;
        const pause = BACKOFF_MS * 2 ** (tries - 1) * (0.5 + Math.random());
        if (performance.now() + pause >= deadline) throw error;
        await sleep(pause);
      }
    }
  }

  async #try<Schema extends v.GenericSchema>(
    { method, path, body, idempotencyKey }: Call,
    schema: Schema,
    timeoutMs: number,
  ): Promise<v.InferOutput<Schema>> {
    let answer: OutboundAnswer;
    try {
      answer = await this.#outbound.call({
        url: `${this.#settings.baseUrl}${path}`,
        method,
        headers: {
          authorization: `Bearer ${this.#settings.token}`,
          accept: 'application/json',
          ...(body === undefined ? {} : { 'content-type': 'application/json' }),
          ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        timeoutMs: Math.max(1, Math.ceil(timeoutMs)),
        maxBytes: MAX_ANSWER_BYTES,
      });
    } catch (cause) {
      throw new NoAnswer('the upstream did not answer', true, { cause });
    }
    const said = readJson(answer);
    if (answer.status >= 200 && answer.status < 300) {
      const parsed = v.safeParse(schema, said);
      if (parsed.success) return parsed.output;
      throw new NoAnswer(`the upstream's answer cannot be read (${answer.status})`, true);
    }
    throw asError(answer.status, said);
  }
}

/** `undefined` for what is no JSON: a proxy's page, half an answer. */
function readJson({ body }: OutboundAnswer): unknown {
  try {
    return body === null ? undefined : JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

function asError(status: number, said: unknown): ProviderError {
  if (status >= 500 || status === 408) return new NoAnswer(`the upstream answered ${status}`, true);
  const refusal = v.safeParse(refusalSchema, said);
  // Our key, our pace or our network is at fault, or the page is not the API's: nothing is said of the payment.
  if (status < 400 || [401, 403, 425, 429].includes(status) || !refusal.success) {
    return new NoAnswer(`the upstream answered ${status}`, false);
  }
  const { code, detail, errors } = refusal.output;
  // The first call under this key is still at work; a conflict without a name may be just that.
  if (status === 409 && (code === null || code === 'idempotency_key_in_use')) {
    return new NoAnswer('the upstream is still at work on this call', true);
  }
  return new Refusal(
    status,
    code,
    detail,
    errors.map(({ path }) => path),
  );
}
