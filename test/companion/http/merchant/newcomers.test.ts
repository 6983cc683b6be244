import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { after, before, describe, it } from 'node:test';
import { signWebhook } from '../../../../src/webhooks/webhooks.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../../support/companion.ts';
import { refusalOf } from '../../../support/refusal.ts';

/** A companion that checks addresses as in production. */
let strict: TestCompanion;
let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
  strict = await startCompanion({}, { settings: { development: false } });
});
after(() => Promise.all([shop.stop(), strict.stop()]));

const ORDER = { order_id: 'N-1', amount: 125_000 };

/** Bodies as newcomers send them, each with all errors that the response must list. */
const FAULTS: readonly (readonly [body: unknown, faults: Readonly<Record<string, RegExp>>])[] = [
  [[ORDER], { '': /must be an object \{…\}, not a list/ }],
  [[], { '': /must be an object \{…\}, not a list/ }],
  ['text', { '': /must be an object/ }],
  [{}, { order_id: /^is required$/, amount: /^is required$/ }],
  [{ ...ORDER, order_id: 17 }, { order_id: /must be a string, in double quotes/ }],
  [{ ...ORDER, amount: '1250' }, { amount: /in kopecks.*quotes.*125000 for 1250 roubles/ }],
  [{ ...ORDER, amount: 0 }, { amount: /whole, positive number in kopecks.*125000 for 1250 roubles/ }],
  [{ ...ORDER, expires_in: '900' }, { expires_in: /from 1 to 7776000 \(90 days\), without quotes/ }],
  [{ ...ORDER, expires_at: '31.01.2027' }, { expires_at: /ISO 8601 .* e\.g\. 2027-01-31T23:59:00\+03:00/ }],
  [{ ...ORDER, methods: 'sbp' }, { methods: /must be a list, such as \["sbp"\]/ }],
  [{ ...ORDER, qr: { size: 10 } }, { 'qr.size': /from 64 to 2048/ }],
  [{ ...ORDER, qr: [256] }, { qr: /must be an object, not a list/ }],
  [
    { ...ORDER, customer: ['+79990001122'], metadata: 'x' },
    { customer: /not a list/, metadata: /such as/ },
  ],
  [{ ...ORDER, features: { deep_link: 'true' } }, { 'features.deep_link': /without quotes/ }],
  [{ ...ORDER, customer: { phone: '12-34' } }, { 'customer.phone': /10 to 20 digits, such as \+7 999/ }],
  [{ ...ORDER, customer: { email: 'ivan' } }, { 'customer.email': /such as buyer@example\.ru/ }],
  [
    { ...ORDER, callback_url: 'http://me:pw@localhost/hook' },
    { callback_url: /https address and .*credentials and .*private, local or reserved/ },
  ],
];

describe('what a newcomer gets wrong', () => {
  it('is told in one round, with the field and the fix', async () => {
    for (const [body, faults] of FAULTS) {
      const shown = JSON.stringify(body);
      const { status, errors = [] } = await refusalOf(await strict.api('/payments', { json: body }), shown);
      assert.equal(status, 422, shown);
      assert.deepEqual(errors.map(({ path }) => path).sort(), Object.keys(faults).sort(), shown);
      for (const { path, message } of errors) assert.match(message, faults[path]!, shown);
    }
  });

  it('is told of a page’s limit, a refund’s sum and a body’s type', async () => {
    for (const limit of ['0', '101', '1000', 'all', '1.5']) {
      const { errors } = await refusalOf(await shop.api(`/payments?limit=${limit}`), limit);
      assert.deepEqual(errors, [{ path: 'limit', message: 'must be a whole number from 1 to 100' }]);
    }
    const { payment_id } = await shop.createPayment();
    await shop.sandbox(payment_id, 'pay');
    const refund = await shop.api('/refunds', { json: { payment_id, amount: 125_001 } });
    const { errors } = await refusalOf(refund, 'too much');
    assert.match(errors![0]!.message, /^must be at most 125000 kopecks, the sum that can still be refunded$/);
    const untyped = { method: 'POST', body: new TextEncoder().encode('{}') };
    assert.match(
      (await refusalOf(await shop.api('/payments', untyped), 'untyped')).detail,
      /Content-Type is missing/,
    );
    const form = {
      method: 'POST',
      body: 'a=1',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
    };
    assert.match(
      (await refusalOf(await shop.api('/payments', form), 'a form')).detail,
      /x-www-form-urlencoded/,
    );
  });
});

/** Spellings of the customer's fields, each with the stored value. */
const SPELLINGS: readonly (readonly [field: string, given: string, kept: string | undefined])[] = [
  ['phone', '+7 (999) 000-11-22', '+79990001122'],
  ['phone', '8.999.000.11.22', '89990001122'],
  ['phone', '+7\u00a0999\u00a0000\u201111\u201122', '+79990001122'],
  ['phone', '8 (495) 123-45-67 доб. 12', '84951234567'],
  ['phone', '+7 495 123-45-67 (доб.123)', '+74951234567'],
  ['phone', '+7 495 1234567 ext. 5', '+74951234567'],
  ['phone', '+74951234567,,12', '+74951234567'],
  ['phone', 'tel:+375291234567', '+375291234567'],
  ['phone', '', undefined],
  ['phone', ' ', undefined],
  ['email', 'иван@почта.рф', 'иван@xn--80a1acny.xn--p1ai'],
  ['email', 'a@xn--80a1acny.xn--p1ai', 'a@xn--80a1acny.xn--p1ai'],
  ['email', "o'brien+shop@mail.example.ie", "o'brien+shop@mail.example.ie"],
  ['email', ' Ivan@Example.RU ', 'Ivan@Example.RU'],
  ['email', '', undefined],
  ['ip', '::ffff:203.0.113.7', '::ffff:203.0.113.7'],
  ['ip', '', undefined],
  ['country', 'ru', 'RU'],
  ['country', '', undefined],
];

const NOBODY: readonly (readonly [field: string, given: string])[] = [
  ...['123', '+7 999', 'call me', '+7999000112233445566778', '9990001122 and more'].map(
    (text) => ['phone', text] as const,
  ),
  ...['a@b', '@b.ru', 'a@', 'a b@c.ru', 'a@b..ru', 'a@-b.ru', 'a@b.ru,c@d.ru', 'a@b.ru\u0000'].map(
    (text) => ['email', text] as const,
  ),
];

describe('a customer', () => {
  it('is taken in every usual spelling, and kept in one', async () => {
    const db = new DatabaseSync(shop.databaseFile, { timeout: 5_000 });
    const read = db.prepare('SELECT customer_json FROM payments WHERE id = ?');
    for (const [field, given, kept] of SPELLINGS) {
      const { payment_id } = await shop.createPayment({ customer: { [field]: given } });
      const customer = JSON.parse(read.get(payment_id)!['customer_json'] as string) as Record<string, string>;
      assert.equal(customer[field], kept, `${field} ${given}`);
    }
    db.close();
  });

  it('is nobody by what is no phone and no e-mail', async () => {
    for (const [field, given] of NOBODY) {
      const answer = await shop.api('/payments', { json: { ...ORDER, customer: { [field]: given } } });
      assert.equal((await refusalOf(answer, given)).errors?.[0]?.path, `customer.${field}`, given);
    }
  });
});

describe('PHP’s empty array', () => {
  it('is an empty object', async () => {
    const { metadata } = await shop.createPayment({ metadata: [], customer: [], qr: [], features: [] });
    assert.deepEqual(metadata, {});
  });
});

describe('a webhook’s address as it is typed', () => {
  it('leads to the provider, or leaves a line with the names that are meant', async () => {
    for (const name of ['Sandbox', 'sandbox/', 'SANDBOX/']) {
      const { payment_id } = await shop.createPayment();
      const body = JSON.stringify({ payment_id, status: 'paid', amount: 125_000, currency: 'RUB' });
      const headers = signWebhook(
        { event: 'payment.paid', deliveryId: name, body },
        WEBHOOK_SECRET,
        Date.now(),
      );
      const answer = await fetch(`${shop.url}/webhooks/${name}`, {
        method: 'POST',
        body,
        headers: { ...headers },
      });
      assert.equal(answer.status, 200, name);
    }
    await refusalOf(await fetch(`${shop.url}/webhooks/sand-box`, { method: 'POST', body: '{}' }), 'unknown');
    assert.match(shop.logs(), /"asked":"sand-box","known":\["sandbox"/);
  });
});

/** Returns the header without the nonce, which is new in every response of the hosted page. */
const withoutNonce = ({ headers }: Response, name: string) =>
  headers.get(name)?.replace(/'nonce-[^']+'/, "'nonce'");

describe('HEAD', () => {
  it('answers as GET on every page and file, without a body', async () => {
    const { qr_payload } = await shop.createPayment();
    for (const address of [
      ...['/pay', '/pay.css', '/paid.svg', '/docs', '/docs.css', '/openapi.json', '/healthz', '/readyz'].map(
        (path) => shop.url + path,
      ),
      qr_payload,
    ]) {
      const [get, head] = [await fetch(address), await fetch(address, { method: 'HEAD' })];
      assert.deepEqual([head.status, await head.text()], [200, ''], address);
      await get.arrayBuffer();
      for (const name of [
        'content-type',
        'content-length',
        'cache-control',
        'content-security-policy',
        'etag',
      ]) {
        assert.equal(withoutNonce(head, name), withoutNonce(get, name), `${name} of ${address}`);
      }
    }
  });
});
