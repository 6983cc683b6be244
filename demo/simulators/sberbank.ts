import { randomBytes, randomUUID } from 'node:crypto';
import type * as v from 'valibot';
import { html, Markup } from '../../src/companion/http/pages/html.ts';
import { qrSvg } from '../../src/companion/http/pages/qr-image.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';
import {
  demand,
  gateway,
  isUid,
  parse,
  paySchema,
  SCOPE,
  SHOP,
  STATUS_SCOPE,
  statusSchema,
} from './sberbank-requests.ts';
import { Simulator, type Answer, type Bill, type Call } from './simulator.ts';

/** The state of an order by the status of its bill. The bank has more states: see {@link SberbankSimulator.states}. */
const STATES: Readonly<Record<PaymentStatus, string>> = {
  created: 'CREATED',
  processing: 'ON_PAYMENT',
  paid: 'PAID',
  failed: 'DECLINED',
  expired: 'EXPIRED',
  canceled: 'REVOKED',
  partial_refunded: 'REFUNDED',
  refunded: 'REFUNDED',
};

interface Order extends Bill {
  readonly rqUid: string;
}

export interface SberbankSimulatorOptions {
  /** Returns Unix time in ms. Defaults to the system's clock. */
  readonly now?: () => number;
  /** The lifetime of a token, s. */
  readonly expiresIn?: number;
  /** A scanned payment is paid after this time, ms; `null` to wait for its payer. */
  readonly paysAfterMs?: number | null;
}

/**
 * Sberbank's buyer's QR: expiring tokens, orders by the partner's number, and no webhooks. The content of a code
 * decides the result: `unknown` is refused, `decline` is declined, `atonce` is paid in the same response. Any other
 * code is paid by its payer or after the delay.
 */
export class SberbankSimulator extends Simulator {
  /** Overrides the state of an order, by reference: AUTHORIZED, CONFIRMED, N_PAYMENT, REVERSED … */
  readonly states = new Map<string, string>();
  /** Overrides the amount of an order in kopecks, by reference. */
  readonly sums = new Map<string, number>();
  readonly #now: () => number;
  readonly #expiresIn: number;
  readonly #paysAfterMs: number | null;
  readonly #clientId = randomUUID();
  readonly #clientSecret = randomBytes(18).toString('base64url');
  /** When each token ends, Unix time in ms. */
  readonly #tokens = new Map<string, number>();
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({ now = Date.now, expiresIn = 60, paysAfterMs = null }: SberbankSimulatorOptions = {}) {
    super();
    this.#now = now;
    this.#expiresIn = expiresIn;
    this.#paysAfterMs = paysAfterMs;
  }

  env(): Record<string, string> {
    return {
      SBP_METHODS: 'buyer_qr=sberbank',
      SBP_SBERBANK_TEST: 'true',
      SBP_SBERBANK_URL: this.url,
      SBP_SBERBANK_CLIENT_ID: this.#clientId,
      SBP_SBERBANK_CLIENT_SECRET: this.#clientSecret,
      SBP_SBERBANK_MEMBER_ID: SHOP.member_id,
      SBP_SBERBANK_TID: SHOP.tid,
      SBP_SBERBANK_ID_QR: SHOP.id_qr,
    };
  }

  override async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await super.close();
  }

  /** Revokes every token, as the bank may do at any time. */
  revokeTokens(): void {
    this.#tokens.clear();
  }

  override payerTools(): Markup {
    const plain = payerCode();
    const texts = [plain, `${payerCode()}&decline`, `${payerCode()}&unknown`];
    return html`<article>
      <h2>Код для кассы</h2>
      <p>Покажите его камере магазина или вставьте текст. Второй банк отклонит, третьего не знает.</p>
      ${new Markup(qrSvg(plain, 240)!)}${texts.map((text) => html`<p><code>${text}</code></p>`)}
    </article>`;
  }

  protected answer(call: Call): Answer {
    switch (`${call.method} ${call.path}`) {
      case 'POST /prod/tokens/v3/oauth':
        return this.#issueToken(call);
      case 'POST /prod/qr/bscanc/v1/pay':
        this.#authorize(call);
        return { status: 200, json: { PayRusClientQRRs: { status: this.#pay(parse(paySchema, call)) } } };
      case 'POST /prod/qr/order/v3/status':
        this.#authorize(call);
        return { status: 200, json: this.#status(parse(statusSchema, call)) };
      default:
        throw gateway(404, 'Not Found', 'No resources match requested URI');
    }
  }

  /** The bank sends no webhooks. */
  protected report(): Promise<void> {
    return Promise.resolve();
  }

  #issueToken({ headers, body }: Call): Answer {
    const basic = Buffer.from(`${this.#clientId}:${this.#clientSecret}`).toString('base64');
    if (headers.authorization !== `Basic ${basic}`) throw gateway(401, 'Unauthorized', 'client id or secret');
    demand(isUid(headers['rquid']), 'RqUID');
    demand(headers['content-type'] === 'application/x-www-form-urlencoded', 'Content-Type');
    const form = new URLSearchParams(body);
    demand(form.size === 2 && form.get('grant_type') === 'client_credentials', 'grant_type');
    demand([SCOPE, STATUS_SCOPE].includes(form.get('scope') ?? ''), 'scope');
    const token = randomUUID();
    this.#tokens.set(token, this.#now() + this.#expiresIn * 1000);
    return {
      status: 200,
      json: {
        access_token: token,
        token_type: 'Bearer',
        expires_in: this.#expiresIn,
        scope: SCOPE,
        session_state: randomUUID(),
      },
    };
  }

  #authorize({ headers }: Call): void {
    const token = /^Bearer (\S+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
    const live = (this.#tokens.get(token) ?? -Infinity) > this.#now();
    if (!live) throw gateway(401, 'Unauthorized', `The access token ${token} is invalid or has expired`);
    demand(isUid(headers['x-introspect-rquid']), 'x-Introspect-rquid');
    demand(headers['x-ibm-client-id'] === this.#clientId, 'X-Ibm-Client-Id');
    demand(headers['content-type'] === 'application/json', 'Content-Type');
  }

  #pay(request: v.InferOutput<typeof paySchema>): object {
    const { partner_order_number: reference, rq_uid, pay_load: code, amount } = request;
    const known = this.bills.get(reference) as Order | undefined;
    if (known?.rqUid === rq_uid) return this.#view(known);
    if (known) return failure(rq_uid, '080000', 'Нарушена последовательность запросов');
    if (code.includes('unknown')) return failure(rq_uid, '050000', `Данные не найдены: ${code}`);
    const order: Order = {
      id: randomUUID().replaceAll('-', ''),
      reference,
      amount,
      currency: 'RUB',
      status: code.includes('decline') ? 'failed' : code.includes('atonce') ? 'paid' : 'processing',
      refunded: 0,
      returnUrl: null,
      rqUid: rq_uid,
    };
    this.bills.set(reference, order);
    if (order.status === 'processing' && this.#paysAfterMs !== null)
      this.#payLater(reference, this.#paysAfterMs);
    return this.#view(order);
  }

  /**
   * Returns an order's status. Like the neighbouring service: no wrapper around the payment, and a list of operations.
   */
  #status({ partner_order_number, rq_uid, order_id }: v.InferOutput<typeof statusSchema>): object {
    const order = this.bills.get(partner_order_number) as Order | undefined;
    if (!order || (order_id !== undefined && order_id !== order.id)) {
      return failure(rq_uid, '100000', 'Указанный заказ не найден');
    }
    const { order_operation_params: operation, ...fields } = this.#view(order);
    return { ...fields, order_operation_params: [operation] };
  }

  #view(order: Order) {
    const state = this.states.get(order.reference) ?? STATES[order.status];
    const response = { DECLINED: '51', PAID: '00', CONFIRMED: '00' }[state];
    return {
      rq_uid: order.rqUid,
      rq_tm: iso(this.#now()),
      mid: '781000066939',
      tid: SHOP.tid,
      id_qr: SHOP.id_qr,
      partner_order_number: order.reference,
      order_id: order.id,
      order_state: state,
      error_code: '000000',
      error_description: '',
      order_operation_params: {
        operation_id: order.rqUid,
        operation_date_time: iso(this.#now()),
        operation_type: 'PAY',
        operation_sum: this.sums.get(order.reference) ?? order.amount,
        operation_currency: '643',
        ...(response && {
          response_code: response,
          response_desc: '',
          rrn: '017191333908',
          auth_code: '252470',
        }),
      },
    };
  }

  #payLater(reference: string, afterMs: number): void {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.act(reference, 'pay');
    }, afterMs);
    this.#timers.add(timer);
  }
}

/** The content of a payer's code, in the form of the published sample. */
function payerCode(): string {
  const hex = (bytes: number) => randomBytes(bytes).toString('hex');
  const at = Math.floor(Date.now() / 1000);
  return `https://sberbank.ru/qr/?ClientIdQr=${hex(16)}&HashId=${hex(32)}&TimeStamp=${at}&online`;
}

function failure(rq_uid: string, error_code: string, error_description: string): object {
  return { rq_uid, error_code, error_description };
}

function iso(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}
