import * as v from 'valibot';
import type { OutboundClient } from '../../outbound/client.ts';
import { errorWords } from '../error-text.ts';
import { NoAnswer, ProviderHttp, type HttpAnswer, type HttpCall } from '../provider-http.ts';
import { ProviderError } from '../provider.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { answerSchema, type Transaction } from './messages.ts';
import { readRefusal } from './refusal.ts';
import { basicAuth, type FreepaymentSettings } from './settings.ts';

export interface RefundBody {
  readonly parent_uid: string;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string;
}

/** There is no such address, or no such thing there: nothing was done. */
const NOT_THERE = [404, 405];
/** Perhaps a repeat that came while the first call was at work. */
const CONFLICT = 409;

/** Calls to the acquirer. They answer the transaction, or throw a {@link ProviderError}. */
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
      words: (body) => readRefusal(body) ?? errorWords(body),
    });
  }

  /** A repeat under the same `tracking_id` is the same payment. */
  createPayment(request: object): Promise<Transaction> {
    return this.#post('/transactions/payments', request, true);
  }

  /** Of a payment or a refund. */
  find(uid: string): Promise<Transaction> {
    return this.#call({
      method: 'GET',
      path: `/transactions/${encodeURIComponent(uid)}`,
      repeatable: true,
    });
  }

  /** A second one may be a second refund: it is sent once. */
  createRefund(request: RefundBody): Promise<Transaction> {
    return this.#post('/transactions/refunds', request, false);
  }

  #post(path: string, request: object, repeatable: boolean): Promise<Transaction> {
    return this.#call({ method: 'POST', path, body: JSON.stringify({ request }), repeatable });
  }

  #call(call: HttpCall): Promise<Transaction> {
    const headers = { authorization: this.#authorization };
    return this.#http.call({ ...call, headers }, (answer) => {
      if (answer.status >= 300) throw asError(answer, call);
      const parsed = v.safeParse(answerSchema, answer.json);
      if (parsed.success) return parsed.output.transaction;
      const fields = unreadableFields(parsed.issues);
      throw new NoAnswer(`Freepayment's answer cannot be read (${answer.status}): ${fields}`, true);
    });
  }
}

function asError({ status, json }: HttpAnswer, { method }: HttpCall): ProviderError {
  const reason = readRefusal(json);
  const answered = `Freepayment answered ${status}: ${reason ?? errorWords(json) ?? 'no reason given'}`;
  // In none of its documented forms, and so perhaps not its word at all.
  if (reason === null) return new NoAnswer(answered, false);
  // A question that is not answered refuses nothing.
  if (method === 'GET' || status === CONFLICT) return new ProviderError('unavailable', answered);
  if (NOT_THERE.includes(status)) return new NoAnswer(answered, false, { asked: false });
  return new ProviderError('refused', `Freepayment refused: ${status} ${reason}`.trim(), { reason });
}
