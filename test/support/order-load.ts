import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { WEBHOOK_SECRET, type apiClient, type CreatedPayment } from './companion.ts';

export const AMOUNT = 1_000;
export const REFUND = 300;

/** Everything that the companion has acknowledged with 200 or 201. */
export interface Acknowledged {
  /** Payment ids by order id. The order id is also the idempotency key. */
  readonly payments: Map<string, string>;
  /** Acknowledged provider webhooks: payment id by delivery id. */
  readonly webhooks: Map<string, string>;
  /** Returned refund statuses by refund id. */
  readonly refunds: Map<string, string>;
}

/** The connection broke before the response. Nothing is acknowledged, and the call must be repeated. */
class ConnectionLost extends Error {}

/**
 * Shops and a bank that send creates, webhooks and refunds to a companion in parallel while it is killed. Interrupted
 * orders are repeated later from the start, under the same idempotency keys.
 */
export class OrderLoad {
  readonly acknowledged: Acknowledged = { payments: new Map(), webhooks: new Map(), refunds: new Map() };
  /** Unexpected responses. */
  readonly unexpected: string[] = [];
  /** Calls interrupted by a kill. */
  lostConnections = 0;
  readonly #client: ReturnType<typeof apiClient>;
  readonly #callback: string;
  readonly #name: string;
  #orders = 0;
  #unfinished: string[] = [];

  /** `name` is the prefix of the order ids. It must differ between loads on one companion. */
  constructor(client: ReturnType<typeof apiClient>, callback: string, name = 'ORDER') {
    this.#client = client;
    this.#callback = callback;
    this.#name = name;
  }

  /** Returns a copy of what is acknowledged so far. */
  acknowledgedSoFar(): Acknowledged {
    const { payments, webhooks, refunds } = this.acknowledged;
    return { payments: new Map(payments), webhooks: new Map(webhooks), refunds: new Map(refunds) };
  }

  /** Runs orders with this number of parallel callers until the companion is down. */
  async runUntilDown(callers: number): Promise<void> {
    await Promise.all(
      Array.from({ length: callers }, async () => {
        while (await this.#completeOrder(`${this.#name}-${this.#orders++}`)) {
          // the next order
        }
      }),
    );
  }

  /** Creates unpaid orders. `retryUnfinished` pays them. */
  async createOrders(count: number): Promise<void> {
    const orders = Array.from({ length: count }, () => `${this.#name}-${this.#orders++}`);
    await Promise.all(orders.map((order) => this.#create(order)));
    this.#unfinished.push(...orders);
  }

  /** The number of orders that are not complete. */
  get unfinished(): number {
    return this.#unfinished.length;
  }

  /** Repeats interrupted orders after the companion is up again. */
  async retryUnfinished(): Promise<void> {
    const orders = this.#unfinished;
    this.#unfinished = [];
    await Promise.all(orders.map((order) => this.#completeOrder(order)));
  }

  /** Returns true if the order is complete, false if it was interrupted. */
  async #completeOrder(order: string): Promise<boolean> {
    try {
      const paymentId = await this.#create(order);
      // Every third order is paid at the bank, so that the bank allows a refund.
      if (Number(order.split('-')[1]) % 3 === 0) {
        await this.#payInBank(paymentId);
        await this.#refund(order, paymentId);
      } else {
        await this.#report(order, paymentId);
      }
      return true;
    } catch (error) {
      if (!(error instanceof ConnectionLost)) throw error;
      this.lostConnections++;
      this.#unfinished.push(order);
      return false;
    }
  }

  async #create(order: string): Promise<string> {
    const json = { order_id: order, amount: AMOUNT, callback_url: this.#callback };
    const headers = { 'idempotency-key': order };
    const { payment_id } = await this.#call<CreatedPayment>(201, () =>
      this.#client.api('/payments', { json, headers }),
    );
    this.acknowledged.payments.set(order, payment_id);
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
    await this.#call(200, () =>
      fetch(`${this.#client.url}/webhooks/sandbox`, { method: 'POST', body, headers }),
    );
    this.acknowledged.webhooks.set(deliveryId, paymentId);
  }

  async #payInBank(paymentId: string): Promise<void> {
    await this.#call(200, () => this.#client.sandbox(paymentId, 'pay'));
    // This is the bank's delivery id. The bank returns 200 only after the companion has acknowledged its webhook.
    this.acknowledged.webhooks.set(`${paymentId}-paid`, paymentId);
  }

  async #refund(order: string, paymentId: string): Promise<void> {
    const json = { payment_id: paymentId, amount: REFUND };
    const headers = { 'idempotency-key': order };
    const { refund_id, status } = await this.#call<{ refund_id: string; status: string }>(201, () =>
      this.#client.api('/refunds', { json, headers }),
    );
    this.acknowledged.refunds.set(refund_id, status);
  }

  async #call<Body>(wanted: number, call: () => Promise<Response>): Promise<Body> {
    let response: Response;
    let text: string;
    try {
      response = await call();
      text = await response.text();
    } catch {
      throw new ConnectionLost();
    }
    // Under this load the sandbox bank's webhook can exceed its timeout of 5 s. The bank sends it again.
    if (text.includes('webhook_not_taken')) throw new ConnectionLost();
    // A create returns 201 once the payment is stored, even if the bank could not be reached. The companion registers the
    // payment later, and the order is completed then.
    if (text.includes('The sandbox bank has no such payment')) throw new ConnectionLost();
    if (response.status !== wanted) {
      this.unexpected.push(`${response.status} ${text}`);
      throw new ConnectionLost();
    }
    return (text === '' ? {} : JSON.parse(text)) as Body;
  }
}
