import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bankReport } from '../../../support/bank-report.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../../support/companion.ts';

interface Attention {
  readonly attention_id: string;
  readonly reason: string;
  readonly outcome: string | null;
}
interface Shown extends CreatedPayment {
  readonly attention: readonly Attention[];
  readonly events: readonly {
    readonly event: string;
    readonly attention: Readonly<Record<string, unknown>> | null;
  }[];
}

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

const read = async (id: string) => (await (await shop.api(`/payments/${id}`)).json()) as Shown;
const listed = async () =>
  ((await (await shop.api('/payments?attention=true')).json()) as { items: Shown[] }).items;

/** Creates a paid payment that its bank then reports as failed. Without `callback_url` no webhook is sent. */
async function doubted(): Promise<{ id: string; path: string }> {
  const { payment_id: id } = await shop.createPayment();
  await shop.sandbox(id, 'pay');
  await bankReport(shop.url, { payment_id: id, status: 'failed' });
  const { attention } = await read(id);
  return { id, path: `/payments/${id}/attention/${attention[0]!.attention_id}/resolve` };
}

async function problemOf(response: Response) {
  const { code, detail } = (await response.json()) as { code: string; detail: string };
  return { status: response.status, code, detail };
}

describe('payments that a person should look at', () => {
  it('are listed without a callback_url, with what is open, until it is resolved', async () => {
    const { id, path } = await doubted();
    await shop.createPayment();
    const found = (await listed()).find(({ payment_id }) => payment_id === id);
    assert.deepEqual(
      found?.attention.map(({ reason, outcome }) => [reason, outcome]),
      [['paid_contradicted', null]],
    );
    assert.ok((await listed()).every(({ attention }) => attention.length > 0));
    assert.equal((await shop.api(path, { json: { outcome: 'money_in' } })).status, 200);
    assert.equal(
      (await listed()).find(({ payment_id }) => payment_id === id),
      undefined,
    );
    assert.deepEqual((await read(id)).attention, []);
    assert.equal((await shop.api('/payments?attention=false')).status, 422);
  });
});

describe('resolving', () => {
  it('names the outcomes that the reason takes', async () => {
    const { path } = await doubted();
    const { status, code, detail } = await problemOf(await shop.api(path, { json: { outcome: 'no_money' } }));
    assert.deepEqual([status, code], [422, 'invalid_fields']);
    assert.match(detail, /outcome must be one of money_in, money_out/);
    const amount = await problemOf(await shop.api(path, { json: { outcome: 'money_in', amount: 5 } }));
    assert.match(amount.detail, /amount is not accepted/);
  });

  it('is final, writes the sums down, and is repeated under its key', async () => {
    const { id, path } = await doubted();
    const json = { outcome: 'money_out', note: 'as the acquirer says' };
    const headers = { 'idempotency-key': 'resolve' };
    const answers = await Promise.all([
      shop.api(path, { json, headers }),
      shop.api(path, { json: { outcome: 'money_in' } }),
    ]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409]);
    const repeat = await shop.api(path, { json, headers });
    if (answers[0].status === 200) {
      assert.equal(repeat.headers.get('idempotency-replayed'), 'true');
      assert.deepEqual(await repeat.json(), await answers[0].json());
    }
    assert.equal((await problemOf(await shop.api(path, { json }))).code, 'attention_resolved');
    const resolved = (await read(id)).events.filter(({ event }) => event === 'attention.resolved');
    assert.equal(resolved.length, 1);
    const { outcome, refunded_before, refunded_after } = resolved[0]!.attention!;
    assert.deepEqual([refunded_before, refunded_after], outcome === 'money_out' ? [0, 125_000] : [0, 0]);
  });

  it('writes a part that went out by the name of what the payment is then', async () => {
    const { payment_id: id } = await shop.createPayment();
    await shop.sandbox(id, 'pay');
    await bankReport(shop.url, { payment_id: id, status: 'partial_refunded' });
    const { attention } = await read(id);
    const path = `/payments/${id}/attention/${attention[0]!.attention_id}/resolve`;
    const refund = await problemOf(await shop.api('/refunds', { json: { payment_id: id, amount: 100 } }));
    assert.match(refund.detail, /; 125000 kopecks may have gone out already: see the attention/);
    assert.equal((await shop.api(path, { json: { outcome: 'money_out', amount: 300 } })).status, 200);
    const { events } = await read(id);
    assert.deepEqual(
      events.slice(-2).map(({ event }) => event),
      ['payment.partial_refunded', 'attention.resolved'],
    );
    const again = await problemOf(await shop.api(path, { json: { outcome: 'no_money' } }));
    assert.match(again.detail, /^This attention was resolved before, as money_out/);
  });

  it('of what is not there is a 404', async () => {
    const { id, path } = await doubted();
    const { id: other } = await doubted();
    const json = { outcome: 'money_in' };
    const nobody = await shop.api(`/payments/${id}/attention/nobody/resolve`, { json });
    assert.equal((await problemOf(nobody)).code, 'attention_not_found');
    const others = await shop.api(path.replace(id, other), { json });
    assert.equal((await problemOf(others)).code, 'attention_not_found');
  });
});
