import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { FreepaymentSimulator } from '../../demo/simulators/freepayment.ts';
import { VARIANTS, type Variant } from '../../demo/simulators/freepayment-requests.ts';
import { parseNspkLink } from '../../src/protocol/nspk-link.ts';
import { published } from '../support/freepayment.ts';

interface Answer {
  readonly status: number;
  readonly json: {
    readonly errors?: Record<string, unknown>;
    readonly transaction?: Record<string, unknown>;
  };
}

/** The provider's tests rely on a strict simulator. */
describe('the simulated freepayment', () => {
  const systems = {} as Record<Variant, FreepaymentSimulator>;
  before(async () => {
    for (const variant of VARIANTS) {
      systems[variant] = new FreepaymentSimulator({ variant });
      await systems[variant].listen();
    }
  });
  after(() => Promise.all(VARIANTS.map((variant) => systems[variant].close())));

  async function call(
    variant: Variant,
    path: string,
    request?: unknown,
    credentials?: string,
  ): Promise<Answer> {
    const { SBP_FREEPAYMENT_SHOP_ID: id, SBP_FREEPAYMENT_SECRET_KEY: key } = systems[variant].env();
    const authorization = `Basic ${Buffer.from(credentials ?? `${id}:${key}`).toString('base64')}`;
    const response = await fetch(`${systems[variant].url}/beyag/transactions/${path}`, {
      headers: { authorization, 'content-type': 'application/json' },
      ...(request === undefined ? {} : { method: 'POST', body: JSON.stringify({ request }) }),
    });
    return { status: response.status, json: (await response.json()) as Answer['json'] };
  }
  let last = 0;
  const order = (variant: Variant, fields: object = {}) => ({
    notification_url: 'http://127.0.0.1:9/hook',
    tracking_id: `pay_${++last}`,
    ...published(`${variant.toLowerCase()}.request`)['request'],
    return_url: 'https://shop.example/return',
    ...fields,
  });
  const create = (variant: Variant, fields?: object) => call(variant, 'payments', order(variant, fields));

  it('accepts the published requests, and responds in the published form', async () => {
    const samples = VARIANTS.map((variant) => published(`${variant.toLowerCase()}.response`)['transaction']!);
    const known = new Set(samples.flatMap((sample) => Object.keys(sample)));
    for (const variant of VARIANTS) {
      const { status, json } = await create(variant);
      assert.equal(status, 200, JSON.stringify(json));
      assert.deepEqual(
        Object.keys(json.transaction!).filter((key) => !known.has(key)),
        [],
      );
      const sample = published(`${variant.toLowerCase()}.response`)['transaction']!;
      const form = json.transaction!['form'] as Record<string, unknown>;
      const publishedForm = sample['form'] as Record<string, unknown>;
      assert.equal(form['method'], publishedForm['method']);
      assert.deepEqual(json.transaction!['gateway'], sample['gateway']);
      const link = parseNspkLink(String(form['action']));
      const expected = { SY: 'ok', BC: 'absent', IZ: undefined, MT: 'absent' }[variant];
      assert.equal(link?.crc, expected, String(form['action']));
    }
  });

  it('refuses strangers, and undocumented requests', async () => {
    assert.equal((await call('BC', 'payments', order('BC'), 'shop:key')).status, 401);
    for (const [variant, fields, at] of [
      ['BC', { amount: '100' }, 'amount'],
      ['BC', { amount: 1.5 }, 'amount'],
      ['BC', { currency: 'USD' }, 'currency'],
      ['BC', { notification_url: undefined }, 'notification_url'],
      ['BC', { tracking_id: undefined }, 'tracking_id'],
      ['BC', { return_url: undefined }, 'return_url'],
      ['BC', { invented: 1 }, 'invented'],
      ['BC', { customer: { name: 'x' } }, 'customer.name'],
      ['SY', { ip: undefined }, 'ip'],
      ['SY', { customer: {} }, 'customer'],
      ['IZ', { customer: { phone: '+79990001122', email: 'a@b.ru' } }, 'customer.phone'],
      ['IZ', { customer: { phone: '79990001122' } }, 'customer.email'],
    ] as const) {
      const { status, json } = await create(variant, fields);
      assert.equal(status, 422, JSON.stringify(fields));
      assert.deepEqual(Object.keys(json.errors ?? {}), [at]);
    }
  });

  it('treats a repeat of a tracking_id as the same transaction', async () => {
    const same = order('MT');
    const [first, second] = [await call('MT', 'payments', same), await call('MT', 'payments', same)];
    assert.equal(first.json.transaction!['uid'], second.json.transaction!['uid']);
    const found = await call('MT', String(first.json.transaction!['uid']));
    assert.equal(found.json.transaction!['status'], 'pending');
    assert.equal((await call('MT', 'nobody')).status, 404);
  });

  it('refunds what was paid, and no more', async () => {
    for (const variant of ['BC', 'MT'] as const) {
      const { json } = await create(variant, { tracking_id: `refunded ${variant}`, amount: 1_000 });
      const parent_uid = json.transaction!['uid'];
      const refund = async (amount: number, fields: object = {}) =>
        (await call(variant, 'refunds', { parent_uid, amount, reason: 'x', ...fields })).status;
      assert.equal(await refund(1), 422, 'nothing was paid');
      await systems[variant].act(`refunded ${variant}`, 'pay');
      assert.equal(await refund(600, { reason: undefined }), 422);
      assert.equal(await refund(600, { currency: 'RUB' }), 422);
      assert.equal(await refund(1_001), 422);
      assert.equal(await refund(600), 200);
      assert.equal(await refund(401), 422);
      assert.equal(await refund(400), variant === 'MT' ? 422 : 200);
    }
  });
});
