import { createHash } from 'node:crypto';
import type { OutboundClient } from '../../outbound/client.ts';
import { errorText } from '../error-text.ts';
import { ProviderHttp, type HttpResponse } from '../provider-http.ts';
import { Tokens } from './oauth.ts';
import { PAY_SCOPE, type SberbankSettings } from './settings.ts';
import { gatewayErrorText } from './error-texts.ts';

const PAY_PATH = '/qr/bscanc/v1/pay';

export interface SberbankClientOptions {
  readonly settings: SberbankSettings;
  readonly outbound: OutboundClient;
  /** Unix time in ms. */
  readonly now: () => number;
}

/** Calls to the bank. A token that the bank rejects is replaced. Every call may be repeated. */
export class SberbankClient {
  readonly #http: ProviderHttp;
  readonly #settings: SberbankSettings;
  readonly #now: () => number;
  readonly #payTokens: Tokens;
  readonly #statusTokens: Tokens;

  constructor({ settings, outbound, now }: SberbankClientOptions) {
    this.#settings = settings;
    this.#now = now;
    this.#http = new ProviderHttp({
      baseUrl: settings.baseUrl,
      outbound,
      identity: settings.identity,
      name: 'Sberbank',
      keySettings: 'SBP_SBERBANK_CLIENT_ID and SBP_SBERBANK_CLIENT_SECRET',
      secrets: [settings.clientSecret],
      errorText: (body) => gatewayErrorText(body) ?? errorText(body),
    });
    const { clientId, clientSecret, statusScope } = settings;
    const tokens = (scope: string) => new Tokens({ http: this.#http, clientId, clientSecret, scope, now });
    this.#payTokens = tokens(PAY_SCOPE);
    this.#statusTokens = statusScope === PAY_SCOPE ? this.#payTokens : tokens(statusScope);
  }

  /** Charges a payer's code. The bank treats a repeat of the same reference as the same order. */
  pay<T>({ reference, amount, payload, message }: PayOrder, read: (response: HttpResponse) => T): Promise<T> {
    const { memberId, tid, idQr } = this.#settings;
    const body = {
      rq_uid: rqUid(reference),
      rq_tm: this.#time(),
      member_id: memberId,
      partner_order_number: reference,
      tid,
      id_qr: idQr,
      pay_load: payload,
      amount,
      currency: '643',
      operation_message: message,
    };
    return this.#post(PAY_PATH, body, this.#payTokens, read);
  }

  /**
   * Reads the state of an order. Unconfirmed: the document of this service has no such call; it comes from the
   * neighbouring service (developers.sber.ru, "Запрос статуса заказа"). So path and scope are settings, the headers are
   * those of both services, and the body contains every id by which the order could be found.
   */
  status<T>(
    { reference, orderId }: { readonly reference: string; readonly orderId: string | null },
    read: (response: HttpResponse) => T,
  ): Promise<T> {
    const body = {
      rq_uid: rqUid(reference),
      rq_tm: this.#time(),
      partner_order_number: reference,
      tid: this.#settings.tid,
      ...(orderId === null ? {} : { order_id: orderId }),
    };
    return this.#post(this.#settings.statusPath, body, this.#statusTokens, read);
  }

  /** `read` receives a 401 only when the bank rejects a new token. */
  async #post<T>(
    path: string,
    body: { readonly rq_uid: string },
    tokens: Tokens,
    read: (response: HttpResponse) => T,
  ): Promise<T> {
    const send = <R>(token: string, take: (response: HttpResponse) => R) =>
      this.#http.call(
        {
          method: 'POST',
          path,
          headers: {
            authorization: `Bearer ${token}`,
            RqUID: body.rq_uid,
            'x-Introspect-rquid': body.rq_uid,
            'X-Ibm-Client-Id': this.#settings.clientId,
          },
          body: JSON.stringify(body),
          repeatable: true,
          readableStatuses: [401, 403, 404, 405],
        },
        take,
      );
    const token = await tokens.get();
    const first = await send(token, (response) =>
      response.status === 401 ? { repeated: response.repeated } : { value: read(response) },
    );
    if ('value' in first) return first.value;
    tokens.drop(token);
    return send(await tokens.get(), (response) =>
      read({ ...response, repeated: first.repeated || response.repeated }),
    );
  }

  /** UTC with seconds, like the bank's samples. */
  #time(): string {
    return `${new Date(this.#now()).toISOString().slice(0, 19)}Z`;
  }
}

export interface PayOrder {
  readonly reference: string;
  /** Kopecks. */
  readonly amount: number;
  /** The payer's code, as scanned. */
  readonly payload: string;
  /** Shown in the payer's statement; at most 128 characters. */
  readonly message: string;
}

/** Returns 32 hex digits, the same for every repeat of a reference, also after a restart. */
function rqUid(reference: string): string {
  return createHash('sha256').update(reference).digest('hex').slice(0, 32);
}
