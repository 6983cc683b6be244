import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreBusyError } from '../../src/companion/store/store-busy.ts';
import { openStore, type Store } from '../../src/companion/store/store.ts';
import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { bankReport } from './bank-report.ts';
import {
  API_KEY,
  startCompanion,
  WEBHOOK_SECRET,
  type CreatedPayment,
  type TestCompanion,
} from './companion.ts';
import { until } from './until.ts';

/** The clock stands still, so no background work is due and every change comes from the call. */
export const NOW = Date.UTC(2026, 5, 15, 12);

/** No server listens on this port. */
const NOWHERE = 'http://127.0.0.1:9/';

export interface Call {
  readonly headers?: Record<string, string>;
  readonly query?: string;
  readonly body?: string | object;
  /** The value of `{payment_id}` and other ids in the path. */
  readonly id?: string;
  /** The payment whose token is sent. Defaults to the open payment. */
  readonly payment?: CreatedPayment;
  /** Values of other path parameters, such as `{attention_id}`. */
  readonly params?: Readonly<Record<string, string>>;
  readonly on?: TestCompanion;
}

/** A paid payment that the bank has then reported as failed. */
export interface ContradictedPayment {
  readonly paymentId: string;
  readonly attentionId: string;
}

/** A companion with an open payment, a paid payment and a delivery. It can call each operation of the API reference. */
export class ApiFixture {
  readonly shop: TestCompanion;
  open!: CreatedPayment;
  paid!: CreatedPayment;
  deliveryId = '';
  contradicted!: ContradictedPayment;
  #rateLimited: Promise<TestCompanion> | null = null;
  readonly #directory: string;
  readonly #lock: { held: boolean };

  private constructor(shop: TestCompanion, directory: string, lock: { held: boolean }) {
    this.shop = shop;
    this.#directory = directory;
    this.#lock = lock;
  }

  static async start(): Promise<ApiFixture> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-fixture-'));
    const file = join(directory, 'fixture.sqlite');
    const store = await openStore(file);
    const lock = { held: false };
    const write: Store['write'] = (work) =>
      lock.held ? Promise.reject(new StoreBusyError(1, null)) : store.write(work);
    const shop = await startCompanion(
      { SBP_DATABASE_URL: `file:${file}` },
      { now: () => NOW, store: { ...store, write } },
    );
    const fixture = new ApiFixture(shop, directory, lock);
    fixture.open = await fixture.shop.createPayment();
    fixture.paid = await fixture.shop.createPayment();
    await fixture.shop.sandbox(fixture.paid.payment_id, 'pay');
    fixture.deliveryId = await fixture.createDelivery();
    fixture.contradicted = await fixture.createContradicted();
    return fixture;
  }

  async stop(): Promise<void> {
    await Promise.all([this.shop.stop(), this.#rateLimited?.then((shop) => shop.stop())]);
    await rm(this.#directory, { recursive: true });
  }

  /** Does `work` while another program holds the write lock of the database. */
  async whileLocked<T>(work: () => Promise<T>): Promise<T> {
    this.#lock.held = true;
    try {
      return await work();
    } finally {
      this.#lock.held = false;
    }
  }

  /** Returns another companion, at which our address has used up its rate limit. */
  rateLimited(): Promise<TestCompanion> {
    this.#rateLimited ??= (async () => {
      const shop = await startCompanion({ SBP_RATE_LIMIT: '1' });
      await shop.api('/payments');
      return shop;
    })();
    return this.#rateLimited;
  }

  /** Creates a delivery that failed once. It is not retried while the clock stands still. */
  async createDelivery(): Promise<string> {
    const response = await this.shop.api('/test/webhook', { json: { callback_url: NOWHERE } });
    const { delivery_id } = (await response.json()) as { delivery_id: string };
    await this.settle();
    return delivery_id;
  }

  async createContradicted(): Promise<ContradictedPayment> {
    const { payment_id: paymentId } = await this.shop.createPayment();
    await this.shop.sandbox(paymentId, 'pay');
    await bankReport(this.shop.url, { payment_id: paymentId, status: 'failed' }, NOW);
    const { attention } = (await (await this.shop.api(`/payments/${paymentId}`)).json()) as {
      attention: { attention_id: string }[];
    };
    return { paymentId, attentionId: attention[0]!.attention_id };
  }

  /** Waits until all background deliveries are done. */
  async settle(): Promise<void> {
    const db = new DatabaseSync(this.shop.databaseFile, { readOnly: true, timeout: 5_000 });
    const due = db.prepare('SELECT count(*) AS n FROM deliveries WHERE next_attempt_at <= ?');
    await until(() => due.get(NOW)!['n'] === 0, 'the deliveries');
    db.close();
  }

  /** Returns a call of a POST that succeeds. */
  async validCall(operation: string): Promise<Call> {
    switch (operation) {
      case 'post /api/sbp/v1/payments':
        return { body: { order_id: 'A', amount: 5 } };
      case 'post /api/sbp/v1/payments/{payment_id}/cancel':
        return { id: (await this.shop.createPayment()).payment_id };
      case 'post /api/sbp/v1/qrs/{id}/close':
        return { id: (await this.shop.createPayment()).qr_id };
      case 'post /api/sbp/v1/payments/{payment_id}/attention/{attention_id}/resolve': {
        const { paymentId, attentionId } = await this.createContradicted();
        return { id: paymentId, params: { attention_id: attentionId }, body: { outcome: 'money_in' } };
      }
      case 'post /api/sbp/v1/refunds':
        return { body: { payment_id: this.paid.payment_id, amount: 1 } };
      case 'post /api/sbp/v1/deliveries/{delivery_id}/redeliver':
        return { id: await this.createDelivery() };
      case 'post /api/sbp/v1/test/webhook':
        return { body: { callback_url: NOWHERE } };
      case 'post /checkout/v1/session/method': {
        const payment = await this.shop.createPayment({ methods: ['sbp', 'sberpay'] });
        return { payment, body: { method: 'sberpay' } };
      }
      case 'post /checkout/v1/session/push': {
        const payment = await this.shop.createPayment({ methods: ['sberpay'] });
        return { payment, body: { phone: '+79990007788' } };
      }
      case 'post /checkout/v1/session/buyer-qr': {
        const payment = await this.shop.createPayment({ methods: ['buyer_qr'] });
        return { payment, body: { payload: 'https://pay.example/code' } };
      }
      case 'post /checkout/v1/session/renew': {
        const payment = await this.shop.createPayment();
        await this.shop.sandbox(payment.payment_id, 'expire');
        return { payment };
      }
      case 'post /checkout/v1/session/check':
      case 'post /checkout/v1/session/cancel':
        return { payment: await this.shop.createPayment() };
      case 'post /webhooks/{provider}': {
        const { payment_id } = await this.shop.createPayment();
        const event = 'payment.processing';
        const body = JSON.stringify({
          event,
          payment_id,
          status: 'processing',
          amount: 125_000,
          currency: 'RUB',
        });
        const deliveryId = `report-${payment_id}`;
        return { body, headers: { ...signWebhook({ event, deliveryId, body }, WEBHOOK_SECRET, NOW) } };
      }
      case 'post /sandbox/payments/{payment_id}/{action}':
        return { id: (await this.shop.createPayment()).payment_id };
      default:
        throw new Error(`no valid call is defined for ${operation}`);
    }
  }

  address(operation: string, { id, params = {}, query = '' }: Call = {}): string {
    const samples: Record<string, string> = {
      payment_id: operation.includes('/attention/') ? this.contradicted.paymentId : this.open.payment_id,
      delivery_id: this.deliveryId,
      refund_id: 'rfd_nobody',
      id: this.open.payment_id,
      provider: 'sandbox',
    };
    const [, route = ''] = operation.split(' ');
    const others: Record<string, string> = { attention_id: this.contradicted.attentionId, action: 'process' };
    const path = route.replace(
      /\{(\w+)\}/g,
      (_, name: string) => params[name] ?? others[name] ?? id ?? samples[name]!,
    );
    return query === '' ? path : `${path}?${query}`;
  }

  call(operation: string, options: Call = {}): Promise<Response> {
    const { headers = {}, body, payment = this.open, on = this.shop } = options;
    const credential = operation.includes('/checkout/') ? payment.token : API_KEY;
    return fetch(on.url + this.address(operation, options), {
      method: operation.split(' ')[0]!.toUpperCase(),
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${credential}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
    });
  }
}
