import assert from 'node:assert/strict';
import { FreepaymentSimulator, type FreepaymentSimulatorOptions } from '../../demo/simulators/freepayment.ts';
import type { FreepaymentBill } from '../../demo/simulators/freepayment-views.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from './companion.ts';
import { MerchantServer } from './merchant-server.ts';
import { PATIENCE_MS } from './patience.ts';

export interface ShownPayment extends CreatedPayment {
  readonly refunded_amount: number;
  readonly receipt_url: string | null;
  readonly events: readonly { event: string; note: string | null }[];
}

export interface FreepaymentShop {
  readonly acquirer: FreepaymentSimulator;
  readonly companion: TestCompanion;
  create(fields?: Record<string, unknown>): Promise<CreatedPayment>;
  paid(): Promise<string>;
  read(id: string): Promise<ShownPayment>;
  bill(id: string): FreepaymentBill;
  /** Returns the webhooks that the merchant received for this event. */
  receivedWebhook(id: string, event: string): Promise<Readonly<Record<string, unknown>>>;
  until(what: string, look: () => Promise<boolean> | boolean): Promise<void>;
  stop(): Promise<void>;
}

/** A merchant, its companion and the simulated acquirer. */
export async function startFreepayment(options: FreepaymentSimulatorOptions): Promise<FreepaymentShop> {
  const acquirer = new FreepaymentSimulator(options);
  await acquirer.listen();
  const merchant = await MerchantServer.open();
  const companion = await startCompanion(acquirer.env());

  async function until(what: string, look: () => Promise<boolean> | boolean): Promise<void> {
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await look())) {
      assert.ok(Date.now() < deadline, `in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 30));
    }
  }
  const create = (fields: Record<string, unknown> = {}) =>
    companion.createPayment({
      callback_url: merchant.url,
      customer: { ip: '203.0.113.7', phone: '+7 999 000-11-22', email: 'payer@example.ru' },
      ...fields,
    });
  return {
    acquirer,
    companion,
    until,
    create,
    async paid() {
      const { payment_id } = await create();
      await acquirer.act(payment_id, 'pay');
      return payment_id;
    },
    read: async (id) => (await (await companion.api(`/payments/${id}`)).json()) as ShownPayment,
    bill: (id) => acquirer.bills.get(id) as FreepaymentBill,
    async receivedWebhook(id, event) {
      const find = () =>
        [...merchant.received.values()].find(
          (each) => each.event === event && each.payload['payment_id'] === id,
        );
      await until(event, () => find() !== undefined);
      return find()!.payload;
    },
    async stop() {
      await companion.stop();
      await acquirer.close();
      await merchant.close();
    },
  };
}
