import { randomBytes, randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { withCrc } from '../../src/protocol/nspk-link.ts';
import { Refused, Simulator, type Answer, type Bill, type Call } from './simulator.ts';

const id = v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,36}$/));
const kopecks = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const url = v.pipe(v.string(), v.url());

const createSchema = v.strictObject({
  order_id: id,
  amount: kopecks,
  currency: v.literal('RUB'),
  description: v.exactOptional(v.string()),
  expires_at: v.pipe(v.string(), v.isoTimestamp()),
  return_url: v.exactOptional(url),
  callback_url: url,
  customer: v.object({}),
  methods: v.tuple([v.literal('sbp')]),
  features: v.strictObject({ deep_link: v.boolean() }),
  renewable: v.literal(false),
});

const refundSchema = v.strictObject({
  payment_id: v.string(),
  amount: kopecks,
  reason: v.exactOptional(v.string()),
});

interface SbpApiBill extends Bill {
  readonly callbackUrl: string;
  readonly link: string;
}

/** The generic SBP API, which a companion also offers itself. */
export class SbpApiSimulator extends Simulator {
  readonly #token = randomBytes(18).toString('base64url');
  readonly #secret = randomBytes(24).toString('base64url');
  readonly #linkTo: 'nspk' | 'page';
  /** Responses by idempotency key, with the body of their request. */
  readonly #answers = new Map<string, { body: string; answer: Answer }>();
  readonly #refunds = new Map<string, object>();

  /** `page`: links lead to the simulator's own page, so that any phone can pay. */
  constructor({ linkTo = 'nspk' }: { linkTo?: 'nspk' | 'page' } = {}) {
    super();
    this.#linkTo = linkTo;
  }

  env(): Record<string, string> {
    return {
      SBP_METHODS: 'sbp=sbp-api',
      SBP_SBP_API_TEST: 'true',
      SBP_SBP_API_URL: this.url,
      SBP_SBP_API_TOKEN: this.#token,
      SBP_SBP_API_WEBHOOK_SECRET: this.#secret,
    };
  }

  protected answer(call: Call): Answer {
    if (call.headers.authorization !== `Bearer ${this.#token}`) throw problem(401, 'invalid_api_key');
    const { pathname, searchParams } = new URL(call.path, this.url);
    const [, route, name, action] = /^\/api\/sbp\/v1\/(\w+)(?:\/([^/]+)(?:\/(\w+))?)?$/.exec(pathname) ?? [];
    switch (`${call.method} ${route}${action ? `/${action}` : ''}`) {
      case 'POST payments':
        return this.#once(call, () => this.#create(parse(createSchema, call)));
      case 'GET payments':
        return {
          status: 200,
          json: name ? view(this.#find(name)) : this.#page(searchParams.get('order_id')),
        };
      case 'POST qrs/close':
        return this.#close(this.#find(name!));
      case 'POST refunds':
        return this.#once(call, () => this.#refund(parse(refundSchema, call)));
      case 'GET refunds':
        return { status: 200, json: this.#findRefund(name ?? '') };
      default:
        throw problem(404, 'not_found');
    }
  }

  protected async report(bill: SbpApiBill): Promise<void> {
    const event = `payment.${bill.status}`;
    await this.#tell(bill, event, { ...view(bill), event });
  }

  override async refundInCabinet(reference: string, amount: number): Promise<void> {
    const bill = this.bills.get(reference) as SbpApiBill;
    this.giveBack(bill, amount);
    const refund = { refund_id: `upr_${randomUUID()}`, payment_id: bill.id, amount, status: 'succeeded' };
    this.#refunds.set(refund.refund_id, refund);
    const event = 'refund.succeeded';
    await this.#tell(bill, event, { ...refund, event, order_id: reference });
  }

  async #tell(bill: SbpApiBill, event: string, payload: object): Promise<void> {
    const body = this.text(payload);
    const headers = signWebhook({ event, deliveryId: randomUUID(), body }, this.#secret, Date.now());
    await this.send({
      url: bill.callbackUrl,
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  }

  #create(order: v.InferOutput<typeof createSchema>): Answer {
    const qrId = `AD${randomBytes(15).toString('hex').toUpperCase()}`;
    const bill: SbpApiBill = {
      id: `up_${randomUUID()}`,
      reference: order.order_id,
      amount: order.amount,
      currency: order.currency,
      status: 'created',
      refunded: 0,
      returnUrl: order.return_url ?? null,
      callbackUrl: order.callback_url,
      link: withCrc(`https://qr.nspk.ru/${qrId}?type=02&bank=100000000111&sum=${order.amount}&cur=RUB`),
    };
    const own = this.#linkTo === 'page' ? { ...bill, link: this.payerPage(bill) } : bill;
    this.bills.set(bill.reference, own);
    return { status: 201, json: view(own) };
  }

  #close(bill: SbpApiBill): Answer {
    if (bill.status !== 'created' && bill.status !== 'canceled') throw problem(409, 'not_cancelable');
    bill.status = 'canceled';
    return { status: 200, json: view(bill) };
  }

  #refund({ payment_id, amount }: v.InferOutput<typeof refundSchema>): Answer {
    const bill = this.#find(payment_id);
    if (bill.status !== 'paid' && bill.status !== 'partial_refunded') throw problem(409, 'not_paid');
    if (bill.refunded + amount > bill.amount) throw problem(422, 'invalid_fields');
    bill.refunded += amount;
    bill.status = bill.refunded === bill.amount ? 'refunded' : 'partial_refunded';
    const refund = { refund_id: `upr_${randomUUID()}`, payment_id, amount, status: 'succeeded' };
    this.#refunds.set(refund.refund_id, refund);
    return { status: 201, json: refund };
  }

  #page(reference: string | null): object {
    const items = [...this.bills.values()].filter(
      (bill) => reference === null || bill.reference === reference,
    );
    return { items: items.map((bill) => view(bill as SbpApiBill)), next_cursor: null };
  }

  #find(paymentId: string): SbpApiBill {
    const bill = [...this.bills.values()].find(({ id }) => id === paymentId);
    if (!bill) throw problem(404, 'payment_not_found');
    return bill as SbpApiBill;
  }

  #findRefund(id: string): object {
    const refund = this.#refunds.get(id);
    if (!refund) throw problem(404, 'refund_not_found');
    return refund;
  }

  /** Carries out a call with an idempotency key once, and returns the same response to every repeat. */
  #once(call: Call, work: () => Answer): Answer {
    const key = call.headers['idempotency-key'];
    if (typeof key !== 'string') throw problem(400, 'idempotency_key_missing');
    const name = `${call.path} ${key}`;
    const known = this.#answers.get(name);
    if (known && known.body !== call.body) throw problem(422, 'idempotency_key_reused');
    const answer = known?.answer ?? work();
    this.#answers.set(name, { body: call.body, answer });
    return answer;
  }
}

function view(bill: SbpApiBill): object {
  return {
    payment_id: bill.id,
    order_id: bill.reference,
    amount: bill.amount,
    currency: bill.currency,
    status: bill.status,
    qr_id: new URL(bill.link).pathname.split('/').at(-1),
    qr_payload: bill.link,
    deep_link: null,
  };
}

function parse<Schema extends v.GenericSchema>(
  schema: Schema,
  { headers, body }: Call,
): v.InferOutput<Schema> {
  if (headers['content-type'] !== 'application/json') throw problem(415, 'unsupported_media_type');
  const parsed = v.safeParse(schema, JSON.parse(body));
  if (parsed.success) return parsed.output;
  const errors = parsed.issues.map((issue) => ({ path: v.getDotPath(issue) ?? '', message: issue.message }));
  throw new Refused(422, { code: 'invalid_fields', detail: 'Some fields are not right.', errors });
}

function problem(status: number, code: string): Refused {
  return new Refused(status, { status, code, detail: code, title: code, type: `urn:problem:${code}` });
}
