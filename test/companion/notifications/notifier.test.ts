import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { Hono } from 'hono';
import { signWebhook, verifyWebhook, WebhookVerificationError } from '../../../src/webhooks/webhooks.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../support/companion.ts';

const NOW = Date.UTC(2026, 0, 1);
const BODY = JSON.stringify({ event: 'payment.paid', payment_id: 'pay_1', note: 'ёж' });
const message = { event: 'payment.paid', deliveryId: 'd1', body: BODY };
const signed = (secret = 's1', now = NOW) => ({ ...signWebhook(message, secret, now) });

function refusal(options: Partial<Parameters<typeof verifyWebhook>[0]>): string {
  try {
    verifyWebhook({ body: BODY, headers: signed(), secrets: 's1', now: NOW, ...options });
  } catch (error) {
    assert.ok(error instanceof WebhookVerificationError, String(error));
    return error.reason;
  }
  return 'accepted';
}

describe('verifyWebhook', () => {
  it('takes what was signed, by any current secret', () => {
    const verified = verifyWebhook({
      body: Buffer.from(BODY),
      headers: signed(),
      secrets: ['new', 's1'],
      now: NOW,
    });
    assert.equal(verified.event, 'payment.paid');
    assert.equal(verified.deliveryId, 'd1');
    assert.equal(verified.payload['note'], 'ёж');
    assert.equal(refusal({ secrets: ['new'] }), 'signature_mismatch');
  });

  it('refuses any flipped bit of body, time or signature', () => {
    const bytes = Buffer.from(BODY);
    fc.assert(
      fc.property(fc.nat(bytes.length - 1), fc.nat(7), (at, bit) => {
        const body = Buffer.from(bytes);
        body[at] = body[at]! ^ (1 << bit);
        assert.equal(refusal({ body }), 'signature_mismatch');
      }),
    );
    const header = signed()['x-sbp-signature'];
    for (let i = 0; i < header.length; i++) {
      const changed = header.slice(0, i) + (header[i] === '0' ? '1' : '0') + header.slice(i + 1);
      assert.notEqual(refusal({ headers: { ...signed(), 'x-sbp-signature': changed } }), 'accepted', changed);
    }
  });

  it('refuses the same JSON in other bytes', () => {
    const parsed = JSON.parse(BODY) as Record<string, unknown>;
    const rewritten = [
      JSON.stringify(parsed, null, 1),
      JSON.stringify(Object.fromEntries(Object.entries(parsed).reverse())),
      BODY.replace('ёж', '\\u0451\\u0436'),
      `\ufeff${BODY}`,
    ];
    for (const body of rewritten) assert.equal(refusal({ body }), 'signature_mismatch');
  });

  it('refuses any other header with a reason, never with a crash', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string({ maxLength: 10_000, unit: 'binary' }),
          fc.constant(undefined),
          fc.array(fc.string()),
        ),
        (header) => {
          assert.notEqual(refusal({ headers: { ...signed(), 'x-sbp-signature': header } }), 'accepted');
        },
      ),
    );
    for (const time of ['NaN', '1e99', '-1', '', String(NOW), '1767225600.5']) {
      const { 'x-sbp-signature': valid } = signed();
      const header = valid.replace(/t=\d+/, `t=${time}`);
      assert.notEqual(refusal({ headers: { ...signed(), 'x-sbp-signature': header } }), 'accepted', time);
    }
  });

  it('refuses old messages and those from the future, by the signed time alone', () => {
    assert.equal(refusal({ now: NOW + 301_000 }), 'timestamp_out_of_range');
    assert.equal(refusal({ now: NOW - 301_000 }), 'timestamp_out_of_range');
    assert.equal(refusal({ now: NOW + 299_000 }), 'accepted');
    const fresh = { ...signed(), 'x-sbp-timestamp': String((NOW + 301_000) / 1000) };
    assert.equal(refusal({ headers: fresh, now: NOW + 301_000 }), 'timestamp_out_of_range');
  });
});

describe('what verifyWebhook is given', () => {
  const headers = signed();
  const verify = (options: Partial<Parameters<typeof verifyWebhook>[0]>) =>
    verifyWebhook({ body: BODY, headers, secrets: 's1', now: NOW, ...options });

  it('may be headers of any usual form', () => {
    const capitals = Object.fromEntries(
      Object.entries(headers).map(([name, value]) => [
        name.replace(/(?:^|-)[a-z]/g, (x) => x.toUpperCase()),
        value,
      ]),
    );
    const forms = {
      Headers: new Headers(headers),
      'a Map': new Map(Object.entries(headers)),
      'a getter': { get: (name: string) => new Headers(headers).get(name) },
      'other capitals': capitals,
      'lists of values': Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value]])),
      'no prototype': Object.assign(Object.create(null) as object, headers) as Record<string, string>,
    };
    for (const [name, form] of Object.entries(forms)) {
      assert.equal(verify({ headers: form }).deliveryId, headers['x-sbp-delivery'], name);
    }
  });

  it('may be no header twice, in any form', () => {
    const twice = { ...headers, 'X-SBP-Signature': headers['x-sbp-signature'] };
    const listed = {
      ...headers,
      'x-sbp-signature': [headers['x-sbp-signature'], headers['x-sbp-signature']],
    };
    assert.equal(refusal({ headers: twice }), 'signature_missing');
    assert.equal(refusal({ headers: listed }), 'signature_missing');
    const joined = new Headers(headers);
    joined.append('x-sbp-signature', headers['x-sbp-signature']);
    assert.equal(refusal({ headers: joined }), 'signature_malformed');
    assert.equal(refusal({ headers: new Headers() }), 'signature_missing');
  });

  it('may be bytes or text', () => {
    const bytes = new TextEncoder().encode(BODY);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    const shared = new SharedArrayBuffer(bytes.length);
    new Uint8Array(shared).set(bytes);
    const forms = [
      Buffer.from(BODY),
      bytes,
      bytes.buffer,
      shifted.subarray(3),
      shared,
      new DataView(bytes.buffer),
    ];
    for (const body of [
      ...forms,
      runInNewContext('new Uint8Array(bytes).buffer', { bytes: [...bytes] }) as ArrayBuffer,
    ]) {
      assert.equal(verify({ body }).event, 'payment.paid');
    }
  });

  it('may be no body that was parsed or not read: the error says how to get the raw one', () => {
    const parsed: unknown[] = [
      JSON.parse(BODY),
      {},
      [],
      null,
      undefined,
      7,
      Promise.resolve(BODY),
      new Blob([BODY]),
    ];
    for (const body of parsed) {
      assert.throws(
        () => verify({ body: body as string }),
        (error: Error) =>
          error instanceof TypeError &&
          ['raw body', 'Express', 'Fastify', 'Next.js', 'Hono'].every((word) => error.message.includes(word)),
      );
    }
    // An unsigned request throws as well, so the mistake shows with the first webhook.
    assert.throws(() => verify({ body: {} as never, headers: {} }), TypeError);
  });

  it('may not be something else than headers', () => {
    for (const other of [undefined, null, 'x', ['x-sbp-signature', headers['x-sbp-signature']]]) {
      assert.throws(() => verify({ headers: other as never }), /needs the headers/);
    }
  });

  it('may be no promise of headers, and no whole request: the error says what to pass', async (t) => {
    const server = createServer((request, response) => {
      response.end(said({ headers: request }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const sent = await fetch(`http://127.0.0.1:${port}`, { method: 'POST', headers, body: BODY });
    const request = new Request('http://shop.example/', { method: 'POST', headers, body: BODY });

    assert.match(said({ headers: Promise.resolve(new Headers(headers)) }), /await headers\(\)/);
    assert.match(said({ headers: () => Promise.resolve(new Headers(headers)) }), /await headers\(\)/);
    assert.match(await sent.text(), /pass request\.headers/, 'Node');
    assert.match(said({ headers: request }), /pass request\.headers/, 'Fetch API');
    assert.match(said({ headers: { raw: {}, headers: { ...headers } } }), /pass request\.headers/, 'Fastify');
    const app = new Hono();
    app.post('/', (c) => c.text(said({ headers: c.req })));
    app.put('/', (c) => c.text(said({ headers: c })));
    for (const method of ['POST', 'PUT'])
      assert.match(await (await app.request('/', { method, headers })).text(), /pass c\.req\.raw\.headers/);
    // Headers with these names are still read as headers.
    for (const name of ['headers', 'then', 'header', 'req'])
      assert.equal(verify({ headers: { ...headers, [name]: 'x' } }).event, 'payment.paid', name);

    /** Returns the message of the caller's mistake; `''` without one. */
    function said(options: { headers: unknown }): string {
      try {
        verify(options as { headers: never });
        return '';
      } catch (error) {
        return error instanceof TypeError ? error.message : `no mistake of the caller: ${String(error)}`;
      }
    }
  });
});

describe('verifyWebhook without a secret', () => {
  it('refuses to work: an empty key would be anybody\u2019s', () => {
    const unset: unknown = undefined;
    for (const secrets of ['', ' ', [], [''], ['s1', ''], 's1,,s2', unset]) {
      const options = { body: BODY, headers: signed(''), secrets: secrets as string, now: NOW };
      assert.throws(() => verifyWebhook(options), TypeError, JSON.stringify(secrets));
    }
  });

  it('takes the comma-separated list of the environment', () => {
    assert.equal(refusal({ secrets: 'new, s1' }), 'accepted');
  });
});

describe('POST /webhooks/sandbox', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion();
  });
  after(() => shop.stop());

  async function send(
    payload: { event: string; [field: string]: unknown },
    { id, secret = WEBHOOK_SECRET }: { id?: string; secret?: string } = {},
  ) {
    const body = JSON.stringify(payload);
    const { event } = payload;
    return fetch(`${shop.url}/webhooks/sandbox`, {
      method: 'POST',
      body,
      headers: {
        'content-type': 'application/json',
        ...signWebhook({ event, deliveryId: id ?? crypto.randomUUID(), body }, secret, Date.now()),
      },
    });
  }
  async function stateOf(id: string) {
    return (await (await shop.api(`/payments/${id}`)).json()) as {
      status: string;
      late: boolean;
      events: { event: string; version: number; note: string | null }[];
    };
  }
  const report = (payment_id: string, status: string, extra: Record<string, unknown> = {}) => ({
    event: `payment.${status}`,
    payment_id,
    status,
    amount: 125_000,
    currency: 'RUB',
    ...extra,
  });

  it('applies an authentic report and refuses a forged one', async () => {
    const { payment_id } = await shop.createPayment();
    assert.equal((await send(report(payment_id, 'paid'), { secret: 'forged' })).status, 401);
    assert.equal((await stateOf(payment_id)).status, 'created');
    assert.equal((await send(report(payment_id, 'paid'))).status, 200);
    assert.equal((await stateOf(payment_id)).status, 'paid');
  });

  it('counts a hundred copies at once as one', async () => {
    const { payment_id } = await shop.createPayment();
    const id = 'one-delivery';
    const answers = await Promise.all(
      Array.from({ length: 100 }, () => send(report(payment_id, 'paid'), { id })),
    );
    assert.deepEqual([...new Set(answers.map(({ status }) => status))], [200]);
    const { events } = await stateOf(payment_id);
    assert.equal(events.filter(({ event }) => event === 'payment.paid').length, 1);
  });

  it('keeps a final state, and keeps word of what it did not believe', async () => {
    const { payment_id } = await shop.createPayment();
    await send(report(payment_id, 'paid'));
    assert.equal((await send(report(payment_id, 'failed'))).status, 200);
    const state = await stateOf(payment_id);
    assert.equal(state.status, 'paid');
    assert.deepEqual(
      state.events.map(({ event, note }) => `${event} ${note ?? ''}`),
      ['payment.created ', 'payment.offered ', 'payment.paid ', 'payment.failed paid_contradicted'],
    );
  });

  it('never takes another sum or currency for payment', async () => {
    const { payment_id } = await shop.createPayment();
    assert.equal((await send(report(payment_id, 'paid', { amount: 124_999 }))).status, 200);
    assert.equal((await send(report(payment_id, 'paid', { currency: 'USD' }))).status, 200);
    assert.equal((await send(report(payment_id, 'paid', { amount: '1' }))).status, 200);
    assert.equal((await send(report(payment_id, 'paid', { amount: null }))).status, 200);
    const state = await stateOf(payment_id);
    assert.equal(state.status, 'created');
    assert.deepEqual(
      state.events.slice(2).map(({ note }) => note),
      Array(4).fill('amount_mismatch'),
    );
  });

  it('takes unknown payments and statuses without harm', async () => {
    const { payment_id } = await shop.createPayment();
    assert.equal((await send(report('pay_nobody', 'paid'))).status, 200);
    assert.equal((await send(report(payment_id, 'teleported'))).status, 200);
    assert.equal((await stateOf(payment_id)).status, 'created');
  });

  it('counts late money, and says that it is late', async () => {
    const { payment_id } = await shop.createPayment();
    await send(report(payment_id, 'expired'));
    await send(report(payment_id, 'paid'));
    const { status, late } = await stateOf(payment_id);
    assert.deepEqual({ status, late }, { status: 'paid', late: true });
  });

  it('reads the bytes whatever content type they claim', async () => {
    const { payment_id } = await shop.createPayment();
    const body = JSON.stringify(report(payment_id, 'processing'));
    const signature = {
      ...signWebhook(
        { event: 'payment.processing', deliveryId: payment_id, body },
        WEBHOOK_SECRET,
        Date.now(),
      ),
    };
    for (const type of ['nonsense', 'text/plain', 'application/json; charset=']) {
      const headers = { 'content-type': type, ...signature };
      const response = await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body, headers });
      assert.equal(response.status, 200, type);
    }
    assert.equal((await stateOf(payment_id)).status, 'processing');
  });

  it('refuses huge bodies and unknown providers', async () => {
    const huge = await fetch(`${shop.url}/webhooks/sandbox`, {
      method: 'POST',
      body: 'x'.repeat(1024 * 1024 + 1),
    });
    assert.equal(huge.status, 413);
    assert.equal((await fetch(`${shop.url}/webhooks/nobody`, { method: 'POST', body: '{}' })).status, 404);
    assert.equal((await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST' })).status, 401);
  });
});
