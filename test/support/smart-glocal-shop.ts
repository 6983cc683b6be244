import assert from 'node:assert/strict';
import {
  SmartGlocalSimulator,
  type SmartGlocalSimulatorOptions,
} from '../../demo/simulators/smart-glocal.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from './companion.ts';
import { PATIENCE_MS } from './patience.ts';

export interface Shown extends CreatedPayment {
  readonly late: boolean;
  readonly refunded_amount: number;
  readonly events: readonly {
    readonly event: string;
    readonly note: string | null;
    readonly status: string;
    readonly status_before: string;
  }[];
}

export async function until<T>(what: string, look: () => Promise<T | false> | T | false): Promise<T> {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found !== false) return found;
    assert.ok(Date.now() < deadline, `in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** A companion with the simulated Smart Glocal. Each has the other's address. */
export class SmartGlocalShop {
  readonly system: SmartGlocalSimulator;
  readonly shop: TestCompanion;

  private constructor(system: SmartGlocalSimulator, shop: TestCompanion) {
    this.system = system;
    this.shop = shop;
  }

  static async open(
    options: SmartGlocalSimulatorOptions = {},
    env: Record<string, string> = {},
  ): Promise<SmartGlocalShop> {
    const system = new SmartGlocalSimulator(options);
    await system.listen();
    const shop = await startCompanion(
      { ...system.env(), ...env },
      options.now === undefined ? {} : { now: options.now },
    );
    system.webhookUrl = `${shop.url}/webhooks/smart-glocal`;
    return new SmartGlocalShop(system, shop);
  }

  async close(): Promise<void> {
    await this.shop.stop();
    await this.system.close();
  }

  create(fields: Record<string, unknown> = {}): Promise<CreatedPayment> {
    return this.shop.createPayment({ methods: ['sberpay'], ...fields });
  }

  async read(id: string): Promise<Shown> {
    return (await (await this.shop.api(`/payments/${id}`)).json()) as Shown;
  }

  async session(token: string): Promise<Snapshot> {
    return (await (await this.shop.checkout('/session', token)).json()) as Snapshot;
  }

  /** Sends an action like the payer's page. */
  async ask(token: string, action: string, json: unknown = {}) {
    const response = await fetch(`${this.shop.url}/checkout/v1/session/${action}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify(json),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  /** Waits until the payer can pay. */
  async offered(payment?: CreatedPayment): Promise<CreatedPayment> {
    const made = payment ?? (await this.create());
    await until('a link', async () => (await this.session(made.token)).presentation.kind === 'link');
    return made;
  }

  async paid(): Promise<CreatedPayment> {
    const made = await this.offered();
    await this.system.act(made.payment_id, 'pay');
    await this.untilStatus(made.payment_id, 'paid');
    return made;
  }

  untilStatus(id: string, status: string): Promise<Shown> {
    return until(`${id} ${status}`, async () => {
      const payment = await this.read(id);
      return payment.status === status && payment;
    });
  }

  /** Returns the calls that were carried out, by their path under `/api/v1`. */
  done(path: string, sessionId?: string): number {
    return this.system.calls.filter(
      (call) =>
        call.path === `/api/v1${path}` &&
        call.status === 200 &&
        (sessionId === undefined || call.body.includes(`"${sessionId}"`)),
    ).length;
  }

  /** Sends a webhook about a session. Returns the companion's status. */
  tell(type: string, reference: string, options: { dated?: boolean } = {}): Promise<number | null> {
    return this.system.send(this.system.message(type, reference, options));
  }
}
