import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { WEBHOOK_SECRET, type apiClient, type CreatedPayment } from './companion.ts';

export const AMOUNT = 1_000;
export const REFUND = 300;

/** What the companion has promised: each entry was answered 200 or 201. */
export interface Promised {
  /** Payment ids by order, which is its idempotency key as well. */
  readonly payments: Map<string, string>;
  /** Provider webhooks that were acknowledged: payment id by delivery id. */
  readonly webhooks: Map<string, string>;
  /** Refund ids that were answered, with the status they were answered with. */
  readonly refunds: Map<string, string>;
}

/** The connection broke before the answer: nothing was promised, and the call is to be repeated. */
class CutOff extends Error {}

/**
 * Shops and a bank that call a companion from all sides while it is being killed: creates, webhooks and refunds. What
 * was cut off is repeated later under the same keys, from the start, as any careful caller would.
 */
export class Storm {
  readonly promised: Promised = { payments: new Map(), webhooks: new Map(), refunds: new Map() };
  /** Answers that no call here should get. */
  readonly unexpected: string[] = [];
  /** Calls that a kill has cut off. */
  cutOff = 0;
  readonly #client: ReturnType<typeof apiClient>;
  readonly #callback: string;
  readonly #name: string;
  #orders = 0;
  #unfinished: string[] = [];

  /** `name` tells its orders from another storm's on the same companion. */
  constructor(client: ReturnType<typeof apiClient>, callback: string, name = 'ORDER') {
    this.#client = client;
    this.#callback = callback;
    this.#name = name;
  }

  /** What was promised up to now. */
  promisedSoFar(): Promised {
    const { payments, webhooks, refunds } = this.promised;
    return { payments: new Map(payments), webhooks: new Map(webhooks), refunds: new Map(refunds) };
  }

  /** Blows with so many callers until the companion has gone. */
  async blow(callers: number): Promise<void> {
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (await this.#carry(`${this.#name}-${this.#orders++}`)) {
          // the next order
        }
      }),
    );
  }

  /** Makes so many orders and leaves them to be paid, by `repeat`. */
  async make(count: number): Promise<void> {
    const orders = Array.from({ length: count }, () => `${this.#name}-${this.#orders++}`);
    await Promise.all(orders.map((order) => this.#create(order)));
    this.#unfinished.push(...orders);
  }

  /** How many orders are still to be carried to their end. */
  get unfinished(): number {
    return this.#unfinished.length;
  }

  /** Repeats what was cut off; the companion is up again. */
  async repeat(): Promise<void> {
    const orders = this.#unfinished;
    this.#unfinished = [];
    await Promise.all(orders.map((order) => this.#carry(order)));
  }

  /** Answers whether the order was carried to its end. */
  async #carry(order: string): Promise<boolean> {
    try {
      const paymentId = await this.#create(order);
      // Every third one is paid in the bank itself, whose books then allow a refund.
      if (Number(order.split('-')[1]) % 3 === 0) {
        await this.#payInBank(paymentId);
        await this.#refund(order, paymentId);
      } else {
        await this.#report(order, paymentId);
      }
      return true;
    } catch (error) {
      if (!(error instanceof CutOff)) throw error;
      this.cutOff++;
      this.#unfinished.push(order);
      return false;
    }
  }

  async #create(order: string): Promise<string> {
    const json = { order_id: order, amount: AMOUNT, callback_url: this.#callback };
    const headers = { 'idempotency-key': order };
    const { payment_id } = await this.#answer<CreatedPayment>(201, () =>
      this.#client.api('/payments', { json, headers }),
    );
    this.promised.payments.set(order, payment_id);
    return payment_id;
  }

  async #report(order: string, paymentId: string): Promise<void> {
    const event = 'payment.paid';
    const deliveryId = `report-${order}`;
    const body = JSON.stringify({
      event,
      payment_id: paymentId,
      status: 'paid',
      amount: AMOUNT,
      currency: 'RUB',
    });
    const headers = { ...signWebhook({ event, deliveryId, body }, WEBHOOK_SECRET, Date.now()) };
    await this.#answer(200, () =>
      fetch(`${this.#client.url}/webhooks/sandbox`, { method: 'POST', body, headers }),
    );
    this.promised.webhooks.set(deliveryId, paymentId);
  }

  async #payInBank(paymentId: string): Promise<void> {
    await this.#answer(200, () => this.#client.sandbox(paymentId, 'pay'));
    // The bank names its reports like this, and says 200 only when the companion has taken the report.
    this.promised.webhooks.set(`${paymentId}-paid`, paymentId);
  }

  async #refund(order: string, paymentId: string): Promise<void> {
    const json = { payment_id: paymentId, amount: REFUND };
    const headers = { 'idempotency-key': order };
    const { refund_id, status } = await this.#answer<{ refund_id: string; status: string }>(201, () =>
      this.#client.api('/refunds', { json, headers }),
    );
    this.promised.refunds.set(refund_id, status);
  }

  async #answer<Body>(wanted: number, call: () => Promise<Response>): Promise<Body> {
    let response: Response;
    let text: string;
    try {
      response = await call();
      text = await response.text();
    } catch {
      throw new CutOff();
    }
    // Everything is slow in a storm: the sandbox's bank gives its webhook 5 s, and sends it again.
    if (text.includes('webhook_not_taken')) throw new CutOff();
    // A create is answered 201 when the payment is stored, even if the bank could not be told yet: the companion tells
    // the bank later, and the order is carried on then.
    if (text.includes('The sandbox bank has no such payment')) throw new CutOff();
    if (response.status !== wanted) {
      this.unexpected.push(`${response.status} ${text}`);
      throw new CutOff();
    }
    return (text === '' ? {} : JSON.parse(text)) as Body;
  }
}
