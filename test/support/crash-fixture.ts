import assert from 'node:assert/strict';
import { join } from 'node:path';
import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { CompanionProcess } from './companion-process.ts';
import type { CreatedPayment } from './companion.ts';
import { UpstreamBooks } from './upstream-books.ts';
import { UpstreamProxy } from './upstream-proxy.ts';
import { PATIENCE_MS } from './patience.ts';

const CRASHING_SERVER = join(import.meta.dirname, 'crashing-server.ts');
const UPSTREAM_SECRET = 'upstream-webhook-secret-0123456789';
export const AMOUNT = 1_000;
/** The time limit for a repeated call after the restart, ms. */
const ANSWERED_WITHIN_MS = PATIENCE_MS;

/** A companion that crashes on command, and a payment system that keeps running. */
export class CrashFixture {
  readonly books = new UpstreamBooks();
  readonly companion: CompanionProcess;
  readonly #upstream: UpstreamProxy;

  private constructor(companion: CompanionProcess, upstream: UpstreamProxy) {
    this.companion = companion;
    this.#upstream = upstream;
    upstream.trick = this.books.answer;
  }

  static async open(): Promise<CrashFixture> {
    const upstream = await UpstreamProxy.start(null);
    const env = {
      SBP_LOG_LEVEL: 'warn',
      SBP_METHODS: 'sbp=sbp-api',
      SBP_SBP_API_URL: upstream.url,
      SBP_SBP_API_TOKEN: 'upstream-token-0123456789',
      SBP_SBP_API_WEBHOOK_SECRET: UPSTREAM_SECRET,
    };
    return new CrashFixture(await CompanionProcess.start(env, CRASHING_SERVER), upstream);
  }

  async close(): Promise<void> {
    await this.companion.stop();
    this.#upstream.stop();
  }

  async get<Body>(path: string): Promise<Body> {
    return (await (await this.companion.client.api(path)).json()) as Body;
  }

  post(path: string, json: unknown, key: string): Promise<Response> {
    return this.companion.client.api(path, { json, headers: { 'idempotency-key': key } });
  }

  create(order: string): Promise<Response> {
    return this.post('/payments', { order_id: order, amount: AMOUNT }, order);
  }

  /** Creates a payment and reports this status for it. */
  async reported(order: string, status: string): Promise<CreatedPayment> {
    const payment = (await (await this.create(order)).json()) as CreatedPayment;
    await this.report(payment.payment_id, status);
    return payment;
  }

  async report(paymentId: string, status: string): Promise<void> {
    const event = `payment.${status}`;
    const deliveryId = `${paymentId} ${status}`;
    const body = JSON.stringify({ event, order_id: paymentId, status, amount: AMOUNT, currency: 'RUB' });
    const headers = { ...signWebhook({ event, deliveryId, body }, UPSTREAM_SECRET, Date.now()) };
    const url = `${this.companion.url}/webhooks/sbp-api`;
    assert.equal((await fetch(url, { method: 'POST', body, headers })).status, 200);
    for (const bill of this.books.of(paymentId)) bill.status = status;
  }

  /** Waits for the payment's link. */
  link(paymentId: string, wanted: (payment: CreatedPayment) => boolean = () => true): Promise<string> {
    return this.until(`a link for ${paymentId}`, async () => {
      const payment = await this.get<CreatedPayment>(`/payments/${paymentId}`);
      return wanted(payment) && payment.qr_payload;
    });
  }

  async until<T>(what: string, look: () => Promise<T | null | false> | T | null | false): Promise<T> {
    const deadline = Date.now() + ANSWERED_WITHIN_MS;
    for (;;) {
      const found = await look();
      if (found !== null && found !== false) return found;
      assert.ok(Date.now() < deadline, `not within ${ANSWERED_WITHIN_MS} ms: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }
}
