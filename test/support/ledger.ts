import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { loadConfig } from '../../src/companion/config.ts';
import type { Context } from '../../src/companion/payments/context.ts';
import { OutboundClient } from '../../src/companion/outbound/client.ts';
import { receiveWebhook } from '../../src/companion/payments/reports/receive-webhook.ts';
import { WallClock } from '../../src/companion/lib/wall-clock.ts';
import { Reconciler } from '../../src/companion/payments/reconciler/reconciler.ts';
import { createPayment } from '../../src/companion/payments/lifecycle/create.ts';
import { findPayment } from '../../src/companion/payments/model/queries.ts';
import type { Payment } from '../../src/companion/payments/model/payment.ts';
import type { PaymentRequest } from '../../src/companion/payments/lifecycle/create.ts';
import { SampledLog } from '../../src/companion/lib/sampled-log.ts';
import { Metrics } from '../../src/companion/metrics.ts';
import { PaymentTokens } from '../../src/companion/payments/model/tokens.ts';
import { PROVIDER_NAMES } from '../../src/companion/env/provider-names.ts';
import { unconfiguredProvider } from '../../src/companion/providers/unconfigured-provider.ts';
import { openStore } from '../../src/companion/store/store.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';
import { testEnv, TOKEN_SECRET } from './companion.ts';
import { ScriptedProvider } from './scripted-provider.ts';

export const AMOUNT = 10_000;

/**
 * The companion's payments without HTTP: a real database, a scripted provider, and a clock under the test's control.
 */
export class Ledger {
  readonly provider = new ScriptedProvider();
  readonly #directory: string;
  time = Date.UTC(2026, 0, 1);
  ctx!: Context;
  #open = false;
  #reconciler: Reconciler | null = null;
  #told = 0;

  private constructor(directory: string) {
    this.#directory = directory;
  }

  /** `directory`: may already contain a database. `close` removes it. */
  static async open(directory?: string): Promise<Ledger> {
    const ledger = new Ledger(directory ?? (await mkdtemp(join(tmpdir(), 'sbp-ledger-'))));
    await ledger.restart();
    return ledger;
  }

  /** Opens the database again with new objects, as after a crash. */
  async restart(): Promise<void> {
    if (this.#open) await this.ctx.store.close();
    this.#open = true;
    const config = loadConfig(testEnv(0, this.#directory));
    const store = await openStore(config.databaseFile);
    this.ctx = {
      config,
      store,
      metrics: new Metrics({ now: () => this.time, openStreams: () => 0, test: config.test }),
      tokens: new PaymentTokens([TOKEN_SECRET]),
      providers: Object.fromEntries(
        PROVIDER_NAMES.map((name) => [name, name === 'sandbox' ? this.provider : unconfiguredProvider(name)]),
      ) as unknown as Context['providers'],
      outbound: new OutboundClient({ development: true }),
      log: pino({ level: 'silent' }),
      sampledLog: new SampledLog({ warn: () => undefined }),
      now: () => this.time,
      clock: new WallClock({ now: () => this.time, monotonic: () => this.time }),
      announce: () => undefined,
      wakeNotifier: () => undefined,
      wakeReconciler: () => undefined,
      askNow: () => Promise.resolve(),
      confirms: () => Promise.resolve(true),
    };
    this.#reconciler = new Reconciler(this.ctx);
  }

  /** Creates a payment of 100 roubles by QR with a lifetime of 15 minutes. Its merchant gets webhooks. */
  createPayment(fields: Partial<PaymentRequest> = {}): Promise<Payment> {
    const request: PaymentRequest = {
      orderId: 'A',
      amount: AMOUNT,
      currency: 'RUB',
      description: null,
      expiresAt: this.time + 900_000,
      returnUrl: null,
      callbackUrl: 'https://shop.example.ru/hook',
      customer: {},
      methods: ['sbp'],
      metadata: {},
      ...fields,
    };
    return createPayment(this.ctx, request, () => Promise.resolve());
  }

  async paymentOf(id: string): Promise<Payment> {
    return (await findPayment(this.ctx.store.read, id))!;
  }

  /** Sends a verified webhook of the scripted provider. */
  tell(reference: string, status: PaymentStatus, amount: number | null = AMOUNT): Promise<string> {
    const event = `payment.${status}`;
    const deliveryId = `${reference} ${status} ${++this.#told}`;
    const delivery = { deliveryId, event, reference, status, amount, currency: 'RUB' };
    return receiveWebhook(this.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') });
  }

  /** Returns the bodies of the merchant's `payment.attention` webhooks. */
  async attentionOf(paymentId: string): Promise<Record<string, unknown>[]> {
    const rows = await this.ctx.store.read
      .selectFrom('deliveries')
      .select('body')
      .where('paymentId', '=', paymentId)
      .where('event', '=', 'payment.attention')
      .orderBy('seq')
      .execute();
    return rows.map(({ body }) => JSON.parse(body) as Record<string, unknown>);
  }

  /** Runs one round of the reconciler and all the work that it starts. */
  async look(): Promise<void> {
    await this.#reconciler!.runRound();
    await this.#reconciler!.idle();
  }

  async close(): Promise<void> {
    await this.ctx.store.close();
    await rm(this.#directory, { recursive: true, force: true });
  }
}
