import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { FreepaymentSimulator } from '../../../../demo/simulators/freepayment.ts';
import { SbpApiSimulator } from '../../../../demo/simulators/sbp-api.ts';
import { warnOfUnconfiguredProviders } from '../../../../src/companion/payments/reconciler/unconfigured-providers.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { Ledger } from '../../../support/ledger.ts';
import { plansOf, QueryWatch } from '../../../support/query-watch.ts';
import { until } from '../../../support/until.ts';

const CUSTOMER = { customer: { ip: '203.0.113.7', email: 'payer@example.ru' } };

/** A shop that has replaced its acquirer by another one, with the same database. */
describe('a provider that no method names any more', () => {
  const former = new FreepaymentSimulator({ variant: 'BC' });
  const newer = new SbpApiSimulator();
  let directory: string;
  let shop: TestCompanion;
  const made: Record<'paid' | 'open' | 'renewed', string> = { paid: '', open: '', renewed: '' };
  let token: string;
  let ahead = 0;

  const start = (env: Record<string, string>) =>
    startCompanion(
      { ...env, SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}` },
      { now: () => Date.now() + ahead },
    );
  const read = async (id: string) =>
    (await (await shop.api(`/payments/${id}`)).json()) as { status: string; refunded_amount: number };
  const becomes = (id: string, status: string) =>
    until(async () => (await read(id)).status === status, `${id} ${status}`, 60_000);
  const warnings = () =>
    shop
      .logs()
      .split('\n')
      .filter((line) => line.includes('and no settings'));

  before(async () => {
    directory = await mkdtemp(join(tmpdir(), 'sbp-left-'));
    await Promise.all([former.listen(), newer.listen()]);
    shop = await start(former.env());
    for (const name of ['paid', 'open', 'renewed'] as const) {
      const payment = await shop.createPayment({ ...CUSTOMER, order_id: name, expires_in: 600 });
      made[name] = payment.payment_id;
      if (name === 'renewed') token = payment.token;
    }
    // The port stays the same, because the former acquirer still sends its webhooks there.
    await former.act(made.paid, 'pay');
    await becomes(made.paid, 'paid');
    await shop.close();
  });
  after(async () => {
    await Promise.all([former.close(), newer.close()]);
    await rm(directory, { recursive: true, force: true });
  });

  it('is named at start while its settings are gone, and its webhooks are not taken', async () => {
    shop = await start(newer.env());
    try {
      const [told, ...others] = warnings();
      assert.match(told!, /"level":40.*freepayment has open and refundable payments.*SBP_FREEPAYMENT_…/);
      assert.deepEqual(others, []);
      const refused = await fetch(`${shop.url}/webhooks/freepayment`, { method: 'POST', body: '{}' });
      assert.equal(refused.status, 404);
    } finally {
      await shop.close();
    }
  });

  it('is asked, heard and refunded while they are there, and gets nothing new', async () => {
    shop = await start({ ...former.env(), ...newer.env() });
    try {
      assert.deepEqual(warnings(), []);
      const refund = await shop.api('/refunds', { json: { payment_id: made.paid, amount: 100 } });
      assert.equal(refund.status, 201, await refund.clone().text());
      await becomes(made.paid, 'partial_refunded');

      const { headers, body } = ((): { headers: Record<string, string>; body: string } => {
        former.bills.get(made.open)!.status = 'paid';
        return former.messageOf(made.open);
      })();
      const heard = await fetch(`${shop.url}/webhooks/freepayment`, { method: 'POST', headers, body });
      assert.equal(heard.status, 200);
      assert.equal((await read(made.open)).status, 'paid');

      const calls = former.calls.length;
      const fresh = await shop.createPayment({ order_id: 'new' });
      assert.ok(newer.bills.has(fresh.payment_id));
      ahead = 700_000;
      await becomes(made.renewed, 'expired');
      assert.ok(former.calls.length > calls, 'it was asked before the time was called up');
      const renewal = await fetch(`${shop.url}/checkout/v1/session/renew`, {
        method: 'POST',
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        body: '{}',
      });
      assert.equal(renewal.status, 200, await renewal.clone().text());
      assert.ok(newer.bills.has(`${made.renewed}-2`), 'a fresh code comes from the provider of today');
    } finally {
      await shop.stop();
    }
  });
});

describe('the look for such providers', () => {
  it('reads by indexes only', async () => {
    const ledger = await Ledger.open();
    const watch = new QueryWatch();
    try {
      const { id } = await ledger.createPayment();
      await ledger.tell(id, 'paid');
      watch.statements.clear();
      await warnOfUnconfiguredProviders(ledger.ctx);
      const plans = plansOf(ledger.ctx.config.databaseFile, watch.statements);
      assert.ok(plans.length >= 3, String(plans.length));
      for (const { sql, steps } of plans) {
        for (const step of steps)
          assert.doesNotMatch(step, /^SCAN|TEMP B-TREE/, `${sql}\n${steps.join('\n')}`);
      }
    } finally {
      watch.stop();
      await ledger.close();
    }
  });
});
