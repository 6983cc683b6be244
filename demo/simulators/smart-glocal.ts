import { randomBytes } from 'node:crypto';
import { PartnerKeys } from './partner-keys.ts';
import {
  createSchema,
  initSchema,
  newSession,
  parseBody,
  pushSchema,
  refundSchema,
  refusal,
  sessionSchema,
  startSchema,
  view,
  type Identity,
  type Refund,
  type SessionBill,
  type Spelling,
  type Start,
  type Started,
} from './smart-glocal-messages.ts';
import { Redelivery } from './redelivery.ts';
import { Simulator, type Answer, type Bill, type Call, type Deed, type Message } from './simulator.ts';

const PROJECT = 'simulated_project';
const REFUND_PATH = '/session/refund';
const LIFETIME_MS = 20 * 60_000;

export interface SmartGlocalSimulatorOptions {
  /** The payer's link: the simulator's own page, so that any phone can pay, or a link in SberPay's form. */
  readonly link?: 'page' | 'sberpay';
  /** The time from a call to its webhook, ms; `null` when a test sends the webhook. */
  readonly delayMs?: number | null;
  readonly spelling?: Spelling;
  /** Returns Unix time in ms. */
  readonly now?: () => number;
}

/** SberPay by Smart Glocal: takes no money without confirmation, and accepts each idempotency key once. */
export class SmartGlocalSimulator extends Simulator {
  /** The address for webhooks. Set in the cabinet, like the real one: no call contains it. */
  webhookUrl: string | null = null;
  /** The ids of all sessions that were opened. */
  readonly opened: string[] = [];
  readonly #sessions = new Map<string, SessionBill>();
  readonly #partner = new PartnerKeys();
  readonly #options: Required<SmartGlocalSimulatorOptions>;
  readonly #keys = new Set<string>();
  readonly #redelivery = new Redelivery((message) => this.#try(message));
  #stamps = 0;

  constructor(options: SmartGlocalSimulatorOptions = {}) {
    super();
    this.#options = { link: 'page', delayMs: 0, spelling: 'cancelled', now: Date.now, ...options };
  }

  env(): Record<string, string> {
    const { privateKey, publicKey } = this.#partner.companionKeys;
    return {
      SBP_METHODS: 'sberpay=smart-glocal',
      SBP_SMART_GLOCAL_TEST: 'true',
      SBP_SMART_GLOCAL_URL: this.url,
      SBP_SMART_GLOCAL_PROJECT: PROJECT,
      SBP_SMART_GLOCAL_PRIVATE_KEY: privateKey,
      SBP_SMART_GLOCAL_PUBLIC_KEY: publicKey,
    };
  }

  override async close(): Promise<void> {
    this.#redelivery.close();
    await super.close();
  }

  /** A session without confirmation cannot be paid: it has no link. */
  override async act(reference: string, deed: Deed): Promise<void> {
    const bill = this.session(reference);
    const paying = deed === 'pay' || deed === 'process';
    if (paying && !bill.confirmed) return;
    await super.act(reference, deed);
  }

  override async refundInCabinet(reference: string, amount: number): Promise<void> {
    this.giveBack(this.session(reference), amount);
    await this.#redelivery.deliver(this.message('payment_refunded', reference));
  }

  session(reference: string): SessionBill {
    const bill = this.bills.get(reference) as SessionBill | undefined;
    if (!bill) throw new Error(`no session of ${reference}`);
    return this.#aged(bill);
  }

  /** Returns a signed webhook about a session's current state. `dated`: with a new `updated_at`. */
  message(type: string, reference: string, { dated = true } = {}): Message {
    const bill = this.session(reference);
    if (dated) bill.updatedAt = this.#stamp();
    return this.signed({ type, session: view(bill, this.#options.spelling) });
  }

  /** Signs any payload. */
  signed(payload: unknown): Message {
    const body = this.text(payload);
    const headers = { 'content-type': 'application/json', 'x-partner-sign': this.#partner.sign(body) };
    return { url: this.webhookUrl ?? '', headers, body };
  }

  protected answer(call: Call): Answer {
    const path = this.#admit(call);
    switch (path) {
      case '/session/status':
        return this.#answered(this.#named(parseBody(sessionSchema, call.body).session_id));
      case '/session/init/payment':
        return this.#once(call, () => {
          const { metadata, customer, ...start } = parseBody(initSchema, call.body);
          return this.#begin({ metadata, customer }, start);
        });
      case '/session/create':
        return this.#once(call, () => this.#begin(parseBody(createSchema, call.body), null));
      case '/session/start/payment':
        return this.#once(call, () => this.#start(parseBody(startSchema, call.body)));
      case '/session/confirm':
        return this.#once(call, () => this.#confirm(parseBody(sessionSchema, call.body).session_id));
      case '/session/cancel':
        return this.#once(call, () => this.#cancel(parseBody(sessionSchema, call.body).session_id));
      case '/sberpay/push':
        return this.#once(call, () => this.#push(parseBody(pushSchema, call.body)));
      case REFUND_PATH:
        return this.#once(call, () => this.#refund(parseBody(refundSchema, call.body)));
      default:
        throw refusal(404, 'not_found');
    }
  }

  /** A decline and an expiry have no types of their own; the bank's hold has one. */
  protected async report(bill: Bill): Promise<void> {
    const type = bill.status === 'processing' ? 'ready_to_capture' : 'payment_finished';
    await this.#redelivery.deliver(this.message(type, bill.reference));
  }

  #admit({ method, path, headers, body }: Call): string {
    const [, name] = /^\/api\/v1(\/[a-z/_-]+)$/.exec(path) ?? [];
    if (method !== 'POST' || name === undefined) throw refusal(404, 'not_found');
    if (headers['content-type'] !== 'application/json') throw refusal(415, 'unsupported_media_type');
    if (headers['x-partner-project'] !== PROJECT) throw refusal(401, 'unknown_project');
    if (!this.#partner.isProjects(headers['x-partner-sign'], body)) throw refusal(401, 'invalid_signature');
    return name;
  }

  /** Unlike most payment systems, it returns an error to a repeat instead of the first response. */
  #once({ headers }: Call, work: () => Answer): Answer {
    const key = headers['x-partner-idempotency-key'];
    if (typeof key !== 'string' || !/^[\w-]{1,64}$/.test(key)) throw refusal(400, 'idempotency_key_invalid');
    if (this.#keys.has(key)) throw refusal(400, 'idempotency_key_already_exists');
    const answer = work();
    this.#keys.add(key);
    return answer;
  }

  #begin(identity: Identity, start: Start | null): Answer {
    const bill = newSession(identity, start, this.#stamp(), this.#options.now() + LIFETIME_MS);
    const link = this.#options.link === 'page' ? this.payerPage(bill) : sberPayLink();
    const session: SessionBill = { ...bill, link };
    this.opened.push(session.id);
    this.#keep(session);
    if (start) this.#soon('ready_to_confirm', bill.reference);
    return this.#answered(session);
  }

  #start({ session_id, ...start }: Started): Answer {
    const bill = this.#named(session_id);
    if (bill.start !== null || bill.status !== 'created') throw refusal(409, 'session_already_started');
    const { amount } = start.amount_details;
    const started: SessionBill = { ...bill, start, amount, returnUrl: start.payment_options.return_url };
    this.#keep(started);
    this.#soon('ready_to_confirm', bill.reference);
    return this.#answered(started);
  }

  #confirm(id: string): Answer {
    const bill = this.#named(id);
    if (bill.start === null || bill.confirmed || bill.status !== 'created')
      throw refusal(400, 'not_to_confirm');
    bill.confirmed = true;
    this.#soon('action_required', bill.reference);
    return this.#answered(bill);
  }

  #cancel(id: string): Answer {
    const bill = this.#named(id);
    if (bill.status !== 'created') throw refusal(400, 'not_to_cancel');
    bill.status = 'canceled';
    return this.#answered(bill);
  }

  #push({ phone, session_id }: { phone: string; session_id: string }): Answer {
    const bill = this.#named(session_id);
    if (bill.status !== 'created') throw refusal(400, 'not_to_push', `no message to ${phone} now`);
    bill.pushes.push(phone);
    return { status: 200, json: { status: 'ok' } };
  }

  #refund({ session_id, amount_details }: Refund): Answer {
    const bill = this.#named(session_id);
    if (bill.status !== 'paid' && bill.status !== 'partial_refunded') throw refusal(400, 'not_paid');
    if (bill.refunded + amount_details.amount > bill.amount) throw refusal(400, 'exceeds_payment');
    bill.refunded += amount_details.amount;
    bill.status = bill.refunded === bill.amount ? 'refunded' : 'partial_refunded';
    this.#soon('payment_refunded', bill.reference);
    return { status: 200, json: { status: 'ok' } };
  }

  #answered(bill: SessionBill): Answer {
    return { status: 200, json: { status: 'ok', session: view(bill, this.#options.spelling) } };
  }

  #named(id: string): SessionBill {
    const bill = this.#sessions.get(id);
    if (!bill) throw refusal(404, 'session_not_found');
    return this.#aged(bill);
  }

  /** If a reference has several sessions, the started one is the bill. No other session can be paid. */
  #keep(bill: SessionBill): void {
    this.#sessions.set(bill.id, bill);
    const shown = this.bills.get(bill.reference) as SessionBill | undefined;
    if (bill.start !== null || !shown?.start) this.bills.set(bill.reference, bill);
  }

  #aged(bill: SessionBill): SessionBill {
    if (bill.status === 'created' && this.#options.now() >= bill.endsAt) bill.status = 'expired';
    return bill;
  }

  #soon(type: string, reference: string): void {
    const { delayMs } = this.#options;
    if (delayMs === null) return;
    this.#redelivery.later(delayMs, () => this.#redelivery.deliver(this.message(type, reference)));
  }

  /** A webhook that gets lost counts as delivered. */
  async #try(message: Message): Promise<number | null> {
    if (this.webhookUrl !== null) return (await this.send(message)) ?? (this.webhooksLost ? 200 : null);
    this.sent.push(message);
    return 200;
  }

  /** Never returns the same time twice: the microseconds count up. */
  #stamp(): string {
    const micros = String(this.#stamps++ % 1000).padStart(3, '0');
    return new Date(this.#options.now()).toISOString().replace('Z', `${micros}Z`);
  }
}

function sberPayLink(): string {
  const invoice = randomBytes(16).toString('hex');
  return `sberpay://invoicing/v2?bankInvoiceId=${invoice}&operationType=Web2App`;
}
