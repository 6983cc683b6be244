import * as v from 'valibot';
import { sanitizeForLog } from '../../lib/logging.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import { errorText } from '../error-text.ts';
import { NoUsableResponse, ProviderHttp, type HttpResponse, type HttpCall } from '../provider-http.ts';
import { ProviderError } from '../provider.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { responseSchema, type Transaction } from './messages.ts';
import { basicAuth, type FreepaymentSettings } from './settings.ts';

export interface RefundBody {
  readonly parent_uid: string;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string;
}

/** No such address, or no such object: the call had no effect. */
const NOT_FOUND = [404, 405];
/** The call may be a repeat that arrived while the first one was processed. */
const CONFLICT = 409;

const MAX_FIELDS = 20;
/** Only what looks like a field name: a key can be any text. */
const FIELD_NAME = /^[A-Za-z_][\w-]{0,40}$/;

const refusalSchema = v.union([
  v.object({ errors: v.record(v.string(), v.unknown()), message: v.fallback(v.nullish(v.string()), null) }),
  v.object({ message: v.string() }),
  v.object({ response: v.object({ message: v.string() }) }),
]);

/** Calls to the acquirer. They return the transaction, or throw a {@link ProviderError}. */
export class FreepaymentClient {
  readonly #authorization: string;
  readonly #http: ProviderHttp;

  constructor({ settings, outbound }: { settings: FreepaymentSettings; outbound: OutboundClient }) {
    this.#authorization = basicAuth(settings);
    this.#http = new ProviderHttp({
      baseUrl: settings.baseUrl,
      outbound,
      name: 'Freepayment',
      keySettings: 'SBP_FREEPAYMENT_SHOP_ID and SBP_FREEPAYMENT_SECRET_KEY',
      secrets: [settings.secretKey],
      errorText: (body) => readRefusal(body) ?? errorText(body),
    });
  }

  /** A repeat with the same `tracking_id` returns the same payment. */
  createPayment(request: object): Promise<Transaction> {
    return this.#post('/transactions/payments', request, true);
  }

  /** Returns a payment or a refund. */
  find(uid: string): Promise<Transaction> {
    return this.#call({
      method: 'GET',
      path: `/transactions/${encodeURIComponent(uid)}`,
      repeatable: true,
    });
  }

  /** Sent once: a second call may make a second refund. */
  createRefund(request: RefundBody): Promise<Transaction> {
    return this.#post('/transactions/refunds', request, false);
  }

  #post(path: string, request: object, repeatable: boolean): Promise<Transaction> {
    return this.#call({ method: 'POST', path, body: JSON.stringify({ request }), repeatable });
  }

  #call(call: HttpCall): Promise<Transaction> {
    const headers = { authorization: this.#authorization };
    return this.#http.call({ ...call, headers }, (response) => {
      if (response.status >= 300) throw toProviderError(response, call);
      const parsed = v.safeParse(responseSchema, response.json);
      if (parsed.success) return parsed.output.transaction;
      const fields = unreadableFields(parsed.issues);
      throw new NoUsableResponse(
        `Freepayment's response cannot be read (${response.status}): ${fields}`,
        true,
      );
    });
  }
}

function toProviderError({ status, json }: HttpResponse, { method }: HttpCall): ProviderError {
  const reason = readRefusal(json);
  const message = `Freepayment returned ${status}: ${reason ?? errorText(json) ?? 'no reason given'}`;
  // Not one of the acquirer's documented forms, so another server may have sent it.
  if (reason === null) return new NoUsableResponse(message, false);
  // A failed read refuses nothing.
  if (method === 'GET' || status === CONFLICT) return new ProviderError('unavailable', message);
  if (NOT_FOUND.includes(status)) return new NoUsableResponse(message, false, { mayHaveTakenEffect: false });
  return new ProviderError('refused', `Freepayment refused: ${status} ${reason}`.trim(), { reason });
}

/**
 * Returns the acquirer's reason for a refusal, for the operator's log: its text and the names of the invalid fields.
 * `null` for a body in none of the documented forms, which another server may have sent.
 */
function readRefusal(json: unknown): string | null {
  const parsed = v.safeParse(refusalSchema, json);
  if (!parsed.success) return null;
  const refusal = parsed.output;
  if ('response' in refusal) return sanitizeForLog(refusal.response.message);
  const fields = 'errors' in refusal ? fieldsOf(refusal.errors).slice(0, MAX_FIELDS) : [];
  const message = sanitizeForLog(refusal.message ?? '');
  return fields.length > 0 ? `${message} (${fields.join(', ')})`.trim() : message;
}

function fieldsOf(errors: object, prefix = '', depth = 0): string[] {
  return Object.entries(errors).flatMap(([name, value]: [string, unknown]) => {
    if (!FIELD_NAME.test(name)) return [];
    const nested = typeof value === 'object' && value !== null && !Array.isArray(value) && depth < 3;
    return nested ? fieldsOf(value, `${prefix}${name}.`, depth + 1) : [`${prefix}${name}`];
  });
}
