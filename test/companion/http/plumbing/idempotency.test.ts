import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { asResponse, pipeline } from '../../../support/raw-client.ts';
import { refusalOf } from '../../../support/refusal.ts';

const API = '/api/sbp/v1';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

/** Sends a POST with exactly this address. */
async function post(target: string, body: string, key: string) {
  const head = [
    `POST ${target} HTTP/1.1`,
    'host: shop',
    `authorization: Bearer ${API_KEY}`,
    'content-type: application/json',
    `content-length: ${body.length}`,
    `idempotence-key: ${key}`,
    '',
    '',
  ].join('\r\n');
  const [answer] = await pipeline(Number(new URL(shop.url).port), [{ head, body: Buffer.from(body) }]);
  const response = asResponse(answer!);
  const replayed = response.headers.get('idempotency-replayed');
  return { status: response.status, text: await response.text(), replayed };
}

describe('a key', () => {
  it('belongs to one create, however its address is spelled', async () => {
    const body = '{"order_id":"spelling","amount":5}';
    const first = await post(`${API}/payments`, body, 'create');
    assert.deepEqual([first.status, first.replayed], [201, null]);
    for (const target of [
      `${API}/%70ayments`,
      `${shop.url}${API}/payments`,
      `http://another.host${API}/payments`,
      `${API}/payments?b=1&a=2`,
      `${API}/payments?`,
    ]) {
      assert.deepEqual(await post(target, body, 'create'), { ...first, replayed: 'true' }, target);
    }
    const { items } = (await (await shop.api('/payments?order_id=spelling')).json()) as { items: unknown[] };
    assert.equal(items.length, 1);
  });

  it('belongs to one payment: sent to two, it cancels both', async () => {
    const [one, two] = [await shop.createPayment(), await shop.createPayment()];
    const first = await post(`${API}/payments/${one.payment_id}/cancel`, '{}', 'cancel');
    assert.deepEqual([first.status, first.replayed], [200, null]);
    const encoded = one.payment_id.replaceAll('_', '%5F').replace(/^p/, '%70');
    const again = await post(`${API}/payments/${encoded}/cancel`, '{}', 'cancel');
    assert.deepEqual(again, { ...first, replayed: 'true' });
    const other = await post(`${API}/payments/${two.payment_id}/cancel`, '{}', 'cancel');
    assert.deepEqual([other.status, other.replayed], [200, null]);
    const { payment_id, status } = JSON.parse(other.text) as Record<string, string>;
    assert.deepEqual([payment_id, status], [two.payment_id, 'canceled']);
  });

  it('is kept under the plain address, as by earlier versions', async () => {
    const { payment_id } = await shop.createPayment();
    await post(`${API}/payments/%70${payment_id.slice(1)}/cancel`, '{}', 'kept');
    const db = new DatabaseSync(shop.databaseFile, { timeout: 5_000 });
    const kept = db.prepare('SELECT key FROM idempotency_keys WHERE key LIKE ?').all('% kept');
    db.close();
    assert.deepEqual(
      kept.map(({ key }) => key),
      [`${API}/payments/${payment_id}/cancel kept`],
    );
  });
});

describe('two spellings of the header that disagree', () => {
  it('are both named', async () => {
    const headers = { 'x-idempotency-key': 'one', 'idempotence-key': 'another' };
    const answer = await shop.api('/payments', { json: { order_id: 'A', amount: 5 }, headers });
    const { status, detail } = await refusalOf(answer, 'two spellings');
    assert.equal(status, 400);
    assert.match(detail, /X-Idempotency-Key and Idempotence-Key/);
  });
});
