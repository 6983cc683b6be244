import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import * as v from 'valibot';
import { snapshotSchema } from '../../../src/protocol/schemas.ts';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';
import { StreamReader } from '../../support/event-source.ts';
import { refusalOf } from '../../support/refusal.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

const session = (authorization: string) =>
  fetch(`${shop.url}/checkout/v1/session`, { headers: { authorization } });

const post = (action: string, token: string, init: RequestInit = {}) =>
  fetch(`${shop.url}/checkout/v1/session/${action}`, {
    method: 'POST',
    ...init,
    headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string> | undefined) },
  });

describe('a payer’s page', () => {
  it('gets nine fresh codes, and no tenth', async () => {
    const { payment_id, token } = await shop.createPayment();
    for (let renewals = 0; renewals < 9; renewals++) {
      await shop.sandbox(payment_id, 'expire');
      assert.equal((await post('renew', token)).status, 200, `renewal ${renewals + 1}`);
    }
    await shop.sandbox(payment_id, 'expire');
    const problem = await refusalOf(await post('renew', token), 'a tenth');
    assert.deepEqual([problem.status, problem.code], [409, 'not_renewable']);
  });

  it('is known by its token in the one form there is', async () => {
    const { token } = await shop.createPayment();
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      assert.equal((await session(`${scheme} ${token}`)).status, 200, scheme);
    }
    const answers = await Promise.all(
      [
        token,
        `Token ${token}`,
        `Basic ${Buffer.from(`${token}:`).toString('base64')}`,
        `Bearer  ${token}`,
        `Bearer ${token}, Bearer ${token}`,
        `Bearer ${token} `.repeat(2).trim(),
        `Bearer "${token}"`,
        `Bearer ${encodeURIComponent(token)}%20`,
        `Bearer ${token.split('.')[0]!}`,
        `Bearer ${'x'.repeat(8_000)}`,
      ].map(async (authorization) => refusalOf(await session(authorization), authorization.slice(0, 40))),
    );
    for (const { status, code } of answers) assert.deepEqual([status, code], [401, 'invalid_token']);
  });

  it('may call itself what it likes', async () => {
    const { token } = await shop.createPayment();
    for (const headers of [
      { 'user-agent': '' },
      { 'user-agent': 'x'.repeat(8_000) },
      { 'user-agent': '(((((((((((((((((((((((((' },
      { 'user-agent': '\u00e9\u00ff', 'sec-ch-ua-mobile': '?9', 'sec-ch-ua-platform': '"' },
      { 'sec-ch-ua-platform': '__proto__', 'sec-ch-ua': 'constructor' },
      { 'accept-language': ',;q=,'.repeat(500) },
    ]) {
      const response = await shop.checkout('/session', token, headers);
      assert.equal(response.status, 200, JSON.stringify(headers).slice(0, 60));
      v.parse(snapshotSchema, await response.json());
      assert.equal((await shop.checkout('/session/banks', token, headers)).status, 200);
    }
  });

  it('that has seen nothing we could have sent gets the current snapshot', async () => {
    const { token } = await shop.createPayment();
    for (const seen of ['', '-1', '1.5', 'abc', '0x2', '1e9', '9'.repeat(16), '1, 1', '\u00b2']) {
      const stream = await StreamReader.open(shop.url, token, { 'last-event-id': seen });
      await stream.until(({ snapshots }) => snapshots.length === 1);
      stream.stop();
    }
  });

  it('says nothing in a body that would count', async () => {
    const types = { json: 'application/json', text: 'text/plain' };
    for (const [body, type] of [
      ['{"status":"paid","amount":1}', types.json],
      ['status=paid', types.text],
    ] as const) {
      const { payment_id, token } = await shop.createPayment();
      const response = await post('cancel', token, { body, headers: { 'content-type': type } });
      const { status, amount } = v.parse(snapshotSchema, await response.json());
      assert.deepEqual([status, amount], ['canceled', 125_000]);
      const payment = (await (await shop.api(`/payments/${payment_id}`)).json()) as { status: string };
      assert.equal(payment.status, 'canceled');
    }
  });
});
