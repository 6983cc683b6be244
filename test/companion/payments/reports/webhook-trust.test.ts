import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { AcmeSimulator, KEY } from '../../../../demo/acquirer/simulator.ts';
import { createAcmeProvider } from '../../../../demo/acquirer/provider.ts';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import type { Capabilities } from '../../../../src/companion/providers/provider.ts';
import { freePort, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { refusalOf } from '../../../support/refusal.ts';

/** A companion with the example provider. A test may replace its capabilities. */
async function start(
  system: AcmeSimulator,
  capabilities: Partial<Capabilities> = {},
): Promise<TestCompanion> {
  const port = String(await freePort());
  const provider = createAcmeProvider(
    { baseUrl: system.url, key: KEY, webhookUrl: `http://127.0.0.1:${port}/webhooks/sandbox` },
    new OutboundClient({ development: true }),
  );
  const sandbox = { ...provider, capabilities: { ...provider.capabilities, ...capabilities } };
  return startCompanion({ SBP_PORT: port }, { providers: { sandbox } });
}

describe('a webhook that must be confirmed by a status query', () => {
  let system: AcmeSimulator;
  let shop: TestCompanion;
  before(async () => {
    system = new AcmeSimulator();
    await system.listen();
    shop = await start(system);
  });
  after(async () => {
    await shop.stop();
    await system.close();
  });

  const statusOf = async (id: string) =>
    ((await (await shop.api(`/payments/${id}`)).json()) as { status: string }).status;

  it('is not acknowledged while the provider does not answer, and applied after its answer', async () => {
    const { payment_id } = await shop.createPayment();
    system.webhooksLost = true;
    await system.act(payment_id, 'pay');
    system.webhooksLost = false;
    const { url, headers, body } = system.sent.at(-1)!;
    system.fault = { kind: 'status-500', left: 3 };
    const response = await fetch(url, { method: 'POST', headers, body });
    const problem = await refusalOf(response, 'the hint');
    assert.deepEqual([response.status, problem.code], [503, 'not_confirmed']);
    assert.match(response.headers.get('retry-after')!, /^\d+$/);
    system.fault = null;
    assert.equal((await fetch(url, { method: 'POST', headers, body })).status, 200);
    assert.equal(await statusOf(payment_id), 'paid');
  });

  it('of an unknown payment changes nothing and is deferred', async () => {
    const { payment_id } = await shop.createPayment();
    await system.act(payment_id, 'process');
    const asked = system.calls.length;
    const bill = { ...system.bills.get(payment_id)!, reference: 'pay_nobody' };
    system.bills.set(bill.reference, bill);
    await system.act(bill.reference, 'pay');
    assert.equal(system.calls.length, asked, 'nobody was asked about it');
  });

  it('causes one status query, even if it is sent several times', async () => {
    const { payment_id } = await shop.createPayment();
    await system.act(payment_id, 'pay');
    const message = system.sent.at(-1)!;
    const asked = system.calls.length;
    for (let i = 0; i < 5; i++) assert.equal(await system.send(message), 200);
    assert.equal(system.calls.length, asked);
  });
});

describe('refunds of a provider', () => {
  for (const [refund, allowed] of [
    ['none', 0],
    ['once', 1],
  ] as const) {
    it(`with the capability refund: '${refund}'`, async () => {
      const system = new AcmeSimulator();
      await system.listen();
      const shop = await start(system, { refund });
      try {
        const { payment_id } = await shop.createPayment();
        await system.act(payment_id, 'pay');
        const ask = () => shop.api('/refunds', { json: { payment_id, amount: 100 } });
        for (let i = 0; i < allowed; i++) assert.equal((await ask()).status, 201);
        const response = await ask();
        const problem = await refusalOf(response, refund);
        assert.deepEqual([response.status, problem.code], [409, 'not_refundable']);
        assert.equal(system.bills.get(payment_id)!.refunded, allowed * 100);
      } finally {
        await shop.stop();
        await system.close();
      }
    });
  }
});
