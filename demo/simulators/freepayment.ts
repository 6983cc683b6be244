import { generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto';
import { readCreate, readRefund, refused, type Variant } from './freepayment-requests.ts';
import {
  formOf,
  paymentView,
  refundView,
  type FreepaymentBill,
  type FreepaymentRefund,
} from './freepayment-views.ts';
import { Refused, Simulator, type Answer, type Call, type Message } from './simulator.ts';

export interface FreepaymentSimulatorOptions {
  readonly variant?: Variant;
  /** `page`: links lead to the simulator's own page, so that any phone can pay. The form of IZ always does. */
  readonly linkTo?: 'nspk' | 'page';
  /** How webhooks are authenticated: `Content-Signature`, or the shop's HTTP Basic credentials. */
  readonly proof?: 'signature' | 'basic';
  /** The time from a refund's request to its result, ms. */
  readonly refundAfterMs?: number;
}

/** Freepayment according to the acquirer's documentation, in one of its four variants. */
export class FreepaymentSimulator extends Simulator {
  readonly refunds: FreepaymentRefund[] = [];
  /** True if the banks refuse every refund. */
  refundsFail = false;
  readonly variant: Variant;
  readonly #linkTo: 'nspk' | 'page';
  readonly #proof: 'signature' | 'basic';
  readonly #refundAfterMs: number;
  readonly #keys = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #shopId = String(10_000 + randomBytes(2).readUInt16BE());
  readonly #secretKey = randomBytes(32).toString('hex');
  readonly #timers = new Set<NodeJS.Timeout>();

  constructor({
    variant = 'SY',
    linkTo = 'nspk',
    proof = 'signature',
    refundAfterMs = 50,
  }: FreepaymentSimulatorOptions = {}) {
    super();
    this.variant = variant;
    this.#linkTo = linkTo;
    this.#proof = proof;
    this.#refundAfterMs = refundAfterMs;
  }

  env(): Record<string, string> {
    const publicKey = this.#keys.publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    return {
      SBP_METHODS: 'sbp=freepayment',
      SBP_FREEPAYMENT_URL: this.url,
      SBP_FREEPAYMENT_SHOP_ID: this.#shopId,
      SBP_FREEPAYMENT_SECRET_KEY: this.#secretKey,
      SBP_FREEPAYMENT_VARIANT: this.variant,
      SBP_FREEPAYMENT_TEST: 'true',
      SBP_FREEPAYMENT_REPEAT_REFUNDS: 'false',
      ...(this.#proof === 'signature' ? { SBP_FREEPAYMENT_PUBLIC_KEY: publicKey } : {}),
    };
  }

  override async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    await super.close();
  }

  /** Someone removes the unpaid bill in the cabinet. */
  async discard(reference: string): Promise<void> {
    const bill = this.#bill(reference);
    bill.status = 'canceled';
    await this.report(bill);
  }

  override async refundInCabinet(reference: string, amount: number): Promise<void> {
    await this.#settle(this.#begin(this.#bill(reference), amount, 'по заявлению клиента'));
  }

  /** Returns an authentic webhook about a bill's current state. */
  messageOf(reference: string): Message {
    const bill = this.#bill(reference);
    return this.proven(bill.request.notification_url, this.text(paymentView(bill, this.variant)));
  }

  proven(url: string, body: string): Message {
    const proof =
      this.#proof === 'basic'
        ? { authorization: this.#basic() }
        : {
            'content-signature': sign('sha256', Buffer.from(body), this.#keys.privateKey).toString('base64'),
          };
    return { url, headers: { 'content-type': 'application/json', ...proof }, body };
  }

  protected async report(bill: FreepaymentBill): Promise<void> {
    await this.send(this.messageOf(bill.reference));
  }

  protected answer(call: Call): Answer {
    if (call.headers.authorization !== this.#basic()) {
      throw new Refused(401, { response: { status: 'error', message: 'Access denied' } });
    }
    const [, name] = /^\/beyag\/transactions\/([\w-]+)$/.exec(call.path) ?? [];
    if (call.method === 'POST' && name === 'payments') return this.#create(call);
    if (call.method === 'POST' && name === 'refunds') return this.#refund(call);
    if (call.method === 'GET' && name) return this.#find(name);
    throw new Refused(404, { response: { status: 'error', message: 'Not found' } });
  }

  #create(call: Call): Answer {
    const request = readCreate(call, this.variant);
    const reference = request.tracking_id;
    const known = this.bills.get(reference) as FreepaymentBill | undefined;
    if (known) return { status: 200, json: paymentView(known, this.variant) };
    const { amount, currency, return_url: returnUrl } = request;
    const bare = { id: randomUUID(), reference, amount, currency, refunded: 0, returnUrl } as const;
    const page = this.payerPage({ ...bare, status: 'created' });
    const bill: FreepaymentBill = {
      ...bare,
      status: 'created',
      request,
      form: formOf(this.variant, request, this.#linkTo === 'page' || this.variant === 'IZ' ? page : null),
      createdAt: new Date().toISOString(),
    };
    this.bills.set(reference, bill);
    return { status: 200, json: paymentView(bill, this.variant) };
  }

  #refund(call: Call): Answer {
    const { parent_uid, amount, reason } = readRefund(call);
    const bill = this.#billBy(parent_uid);
    if (!bill) throw refused('parent_uid', 'is unknown');
    if (bill.status !== 'paid' && bill.status !== 'partial_refunded')
      throw refused('parent_uid', 'is not paid');
    const earlier = this.refunds.filter((refund) => refund.bill === bill && refund.status !== 'failed');
    if (this.variant === 'MT' && earlier.length > 0) throw refused('parent_uid', 'has been given back');
    if (earlier.reduce((sum, refund) => sum + refund.amount, amount) > bill.amount) {
      throw refused('amount', 'is more than was paid');
    }
    const refund = this.#begin(bill, amount, reason);
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#settle(refund);
    }, this.#refundAfterMs);
    this.#timers.add(timer);
    return { status: 200, json: refundView(refund) };
  }

  #begin(bill: FreepaymentBill, amount: number, reason: string): FreepaymentRefund {
    const createdAt = new Date().toISOString();
    const uid = randomUUID();
    const refund: FreepaymentRefund = { uid, bill, amount, reason, createdAt, status: 'pending' };
    this.refunds.push(refund);
    return refund;
  }

  async #settle(refund: FreepaymentRefund): Promise<void> {
    const { bill, amount } = refund;
    refund.status = this.refundsFail ? 'failed' : 'successful';
    if (refund.status === 'successful') {
      bill.refunded += amount;
      bill.status = bill.refunded === bill.amount ? 'refunded' : 'partial_refunded';
    }
    await this.send(this.proven(bill.request.notification_url, JSON.stringify(refundView(refund))));
  }

  #find(uid: string): Answer {
    const bill = this.#billBy(uid);
    if (bill) return { status: 200, json: paymentView(bill, this.variant) };
    const refund = this.refunds.find((each) => each.uid === uid);
    if (refund) return { status: 200, json: refundView(refund) };
    throw new Refused(404, { response: { status: 'error', message: 'Transaction is not found' } });
  }

  #bill(reference: string): FreepaymentBill {
    return this.bills.get(reference) as FreepaymentBill;
  }

  #billBy(uid: string): FreepaymentBill | undefined {
    return [...this.bills.values()].find(({ id }) => id === uid) as FreepaymentBill | undefined;
  }

  #basic(): string {
    return `Basic ${Buffer.from(`${this.#shopId}:${this.#secretKey}`).toString('base64')}`;
  }
}
