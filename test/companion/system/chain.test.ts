import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, afterEach, before, describe, it } from 'node:test';
import { verifyWebhook } from '../../../src/webhooks/webhooks.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { API_KEY, WEBHOOK_SECRET, type CreatedPayment } from '../../support/companion.ts';
import { makeBankList } from '../../support/bank-list.ts';
import { Pace } from '../../support/pace.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { FAULTS, honest, UpstreamProxy } from '../../support/upstream-proxy.ts';

const UPSTREAM_SECRET = 'upstream-webhook-secret-0123456789';
const CREATE_PATH = '/api/sbp/v1/payments';

/**
 * Two companion processes: the shop's, and the upstream. The shop's provider is the upstream's merchant API; the
 * upstream uses its sandbox.
 */
describe('a chain of companions', () => {
  let upstream: CompanionProcess;
  let proxy: UpstreamProxy;
  let shop: CompanionProcess;
  let merchant: Server;
  let bankList: Server;
  let callback = '';
  const received: { headers: IncomingHttpHeaders; body: string }[] = [];

  before(async () => {
    merchant = createServer((request, response) => {
      let body = '';
      request.on('data', (chunk) => (body += String(chunk)));
      request.on('end', () => {
        received.push({ headers: request.headers, body });
        response.writeHead(204).end();
      });
    });
    await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${(merchant.address() as AddressInfo).port}/hook`;
    bankList = createServer((_request, response) => response.end(JSON.stringify(makeBankList(40))));
    await new Promise<void>((resolve) => bankList.listen(0, '127.0.0.1', resolve));
    upstream = await CompanionProcess.start({
      SBP_WEBHOOK_SECRET: UPSTREAM_SECRET,
      SBP_BANKS_URL: `http://127.0.0.1:${(bankList.address() as AddressInfo).port}/list.json`,
    });
    await until("the upstream's bank list", async () => (await banksOf(upstream)).length === 40);
    proxy = await UpstreamProxy.start(upstream.url);
    shop = await CompanionProcess.start({
      SBP_METHODS: 'sbp=sbp-api',
      SBP_BANKS_URL: '',
      SBP_SBP_API_URL: proxy.url,
      SBP_SBP_API_TOKEN: API_KEY,
      SBP_SBP_API_WEBHOOK_SECRET: UPSTREAM_SECRET,
      SBP_SBP_API_TEST: 'true',
    });
  });
  after(async () => {
    await Promise.all([shop.stop(), upstream.stop()]);
    proxy.stop();
    for (const server of [merchant, bankList]) {
      server.closeAllConnections();
      server.close();
    }
  });
  afterEach(() => {
    proxy.trick = honest;
  });

  const find = async (id: string) =>
    (await (await shop.client.api(`/payments/${id}`)).json()) as {
      status: string;
      qr_payload: string | null;
    };
  const banksOf = async ({ client }: CompanionProcess) =>
    ((await (await client.api('/banks')).json()) as { banks: { id: string; name: string }[] }).banks;
  /** Returns the upstream's payments for one of the shop's. */
  const upstreamOf = async (id: string) =>
    ((await (await upstream.client.api(`/payments?order_id=${id}`)).json()) as { items: CreatedPayment[] })
      .items;

  async function until<T>(what: string, look: () => Promise<T | null | undefined | false>): Promise<T> {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      const found = await look();
      if (found) return found;
      assert.ok(Date.now() < deadline, `in vain: ${what}`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  const linked = (id: string) =>
    until(`a link for ${id}`, async () => {
      const payment = await find(id);
      return payment.qr_payload !== null && payment;
    });

  it('carries a payment from the bank to the merchant, and the QR unchanged the other way', async () => {
    const made = await shop.client.createPayment({ callback_url: callback, metadata: { cart: 7 } });
    const [theirs, ...more] = await upstreamOf(made.payment_id);
    assert.equal(more.length, 0);
    assert.equal(made.qr_payload, theirs!.qr_payload);
    assert.equal(made.qr_id, theirs!.qr_id);
    assert.equal(made.expires_at, theirs!.expires_at);

    assert.equal((await upstream.client.sandbox(theirs!.payment_id, 'pay')).status, 200);
    await until('paid', async () => (await find(made.payment_id)).status === 'paid');
    const webhook = await until('the webhook', async () =>
      Promise.resolve(received.find(({ body }) => body.includes(made.payment_id))),
    );
    const { event, payload } = verifyWebhook({ ...webhook, secrets: WEBHOOK_SECRET });
    assert.equal(event, 'payment.paid');
    assert.equal(payload['order_id'], 'ORD-1');
    assert.equal(payload['amount'], 125_000);
    assert.deepEqual(payload['metadata'], { cart: 7 });
  });

  it('gives money back, and learns from the upstream’s webhook how that ended', async () => {
    const made = await shop.client.createPayment();
    const [theirs] = await upstreamOf(made.payment_id);
    assert.equal((await upstream.client.sandbox(theirs!.payment_id, 'pay')).status, 200);
    await until('paid', async () => (await find(made.payment_id)).status === 'paid');
    proxy.trick = async (call, response, pass) => {
      if (!call.path.includes('/refunds')) return honest(call, response, pass);
      const { status, body } = await pass();
      return response.writeHead(status).end(body.replace('"succeeded"', '"pending"'));
    };
    const json = { payment_id: made.payment_id, amount: 25_000 };
    const { refund_id } = (await (await shop.client.api('/refunds', { json })).json()) as {
      refund_id: string;
    };
    await until('the refund', async () => {
      const refund = (await (await shop.client.api(`/refunds/${refund_id}`)).json()) as { status: string };
      return refund.status === 'succeeded';
    });
    assert.equal((await find(made.payment_id)).status, 'partial_refunded');
  });

  it("takes the bank list from upstream, and has the payer's links made of it", async () => {
    await until('the list', async () => (await banksOf(shop)).length === 40);
    const { token } = await shop.client.createPayment();
    const { banks } = (await (await shop.client.checkout('/session/banks', token)).json()) as {
      banks: { id: string }[];
    };
    const listed = (await banksOf(upstream)).map(({ id }) => id);
    assert.deepEqual(
      banks.map(({ id }) => id),
      listed,
    );
  });

  it('carries a decline as well', async () => {
    const made = await shop.client.createPayment();
    const [theirs] = await upstreamOf(made.payment_id);
    await upstream.client.sandbox(theirs!.payment_id, 'decline');
    await until('failed', async () => (await find(made.payment_id)).status === 'failed');
  });

  it('calls an expired payment off, here and upstream, where nobody may begin it anew', async () => {
    const made = await shop.client.createPayment();
    const [theirs] = await upstreamOf(made.payment_id);
    assert.equal(theirs!['renewable_until'], null, 'renewals are those of our payer');
    await upstream.client.sandbox(theirs!.payment_id, 'expire');
    await until('expired', async () => (await find(made.payment_id)).status === 'expired');
    const answer = await shop.client.api(`/payments/${made.payment_id}/cancel`, { method: 'POST' });
    const canceled = (await answer.json()) as Record<string, unknown>;
    assert.deepEqual(
      [answer.status, canceled['status'], canceled['renewable_until'], canceled['payable_until']],
      [200, 'canceled', null, null],
    );
    assert.equal((await upstreamOf(made.payment_id))[0]!['status'], 'canceled');
  });

  it('gives money back that comes upstream after a cancel, where that is wanted', async () => {
    const made = await shop.client.createPayment();
    const [theirs] = await upstreamOf(made.payment_id);
    const json = { on_late: 'refund' };
    const answer = await shop.client.api(`/payments/${made.payment_id}/cancel`, { json });
    assert.equal(((await answer.json()) as { status: string }).status, 'canceled');
    assert.equal((await upstream.client.sandbox(theirs!.payment_id, 'pay')).status, 200);
    await until('the refund', async () => (await find(made.payment_id)).status === 'refunded');
    const [after] = await upstreamOf(made.payment_id);
    assert.deepEqual([after!['status'], after!['late']], ['refunded', true]);
  });

  // The provider's own test covers more faults. In these three the upstream has received different amounts of the call.
  for (const fault of ['hangs up', 'answers 200 with a page', 'takes the call and loses its answer']) {
    it(`answers a create whose upstream ${fault}, and has the link once that is over`, async () => {
      proxy.trick = FAULTS[fault]!;
      const response = await shop.client.api('/payments', { json: { order_id: 'F', amount: 125_000 } });
      assert.equal(response.status, 201);
      const made = (await response.json()) as CreatedPayment;
      assert.deepEqual({ link: made.qr_payload, status: made.status }, { link: null, status: 'created' });
      proxy.trick = honest;
      const { qr_payload } = await linked(made.payment_id);
      const items = await upstreamOf(made.payment_id);
      assert.deepEqual(
        items.map((item) => item.qr_payload),
        [qr_payload],
      );
    });
  }

  it('answers a create whose upstream is silent before the merchant loses patience', async () => {
    proxy.trick = () => undefined;
    const pace = Pace.start();
    const begun = Date.now();
    const made = await shop.client.createPayment();
    assert.equal(made.qr_payload, null);
    assert.ok(Date.now() - begun < pace.stretch(12_000));
    proxy.trick = honest;
    await linked(made.payment_id);
    assert.equal((await upstreamOf(made.payment_id)).length, 1);
  });

  it('makes one upstream payment of each create, though killed between the call and the commit', async () => {
    const references: string[] = [];
    for (let round = 0; round < 5; round++) {
      let answered: (() => void) | null = null;
      const cutOff = new Promise<void>((resolve) => (answered = resolve));
      proxy.trick = async (call, response, pass) => {
        await pass();
        // The upstream has created its payment, but the shop's companion never reads the response.
        if (call.method !== 'POST' || call.path !== CREATE_PATH) return response.destroy();
        const { order_id } = JSON.parse(call.body) as { order_id: string };
        // A payment of an earlier round, which the restarted companion continues.
        if (references.includes(order_id)) return response.destroy();
        references.push(order_id);
        return answered?.();
      };
      const create = () =>
        shop.client.api('/payments', {
          json: { order_id: `KILL-${round}`, amount: 100 },
          headers: { 'idempotency-key': `kill-${round}` },
        });
      const first = create().catch(() => null);
      await cutOff;
      await shop.kill();
      await first;
      proxy.trick = honest;
      await shop.start();
      // Some merchants repeat the call; others leave the rest to the companion.
      if (round % 2 === 0) assert.equal((await create()).status, 201);
    }
    assert.equal(new Set(references).size, 5, 'no round was cut off where it should be');
    for (const reference of new Set(references)) {
      const { qr_payload } = await linked(reference);
      const items = await upstreamOf(reference);
      assert.deepEqual(
        items.map((item) => item.qr_payload),
        [qr_payload],
        reference,
      );
    }
  });
});
