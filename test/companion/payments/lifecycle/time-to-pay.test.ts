import assert from 'node:assert/strict';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { after, before, describe, it } from 'node:test';
import { verifyWebhook } from '../../../../src/webhooks/webhooks.ts';
import { startCompanion, WEBHOOK_SECRET, type TestCompanion } from '../../../support/companion.ts';
import { StreamReader } from '../../../support/event-source.ts';
import { Pace } from '../../../support/pace.ts';
import { PATIENCE_MS } from '../../../support/patience.ts';
import { until } from '../../../support/until.ts';

describe('the time to pay', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion();
  });
  after(() => shop.stop());

  it('ends on time on the stream, and late money still counts', async () => {
    const pace = Pace.start();
    const { payment_id, token, expires_at } = await shop.createPayment({ expires_in: 1 });
    const stream = await StreamReader.open(shop.url, token);
    await stream.until(({ snapshots }) => snapshots.some(({ status }) => status === 'expired'));
    const lag = Date.now() - Date.parse(expires_at);
    assert.ok(lag >= 0 && lag < pace.stretch(1_000), `expired ${lag} ms after its time`);
    await shop.sandbox(payment_id, 'pay');
    await stream.until(({ snapshots }) => snapshots.some(({ status, late }) => status === 'paid' && late));
    stream.stop();
  });

  it('does not end a payment that is processing', async () => {
    const { payment_id, expires_at } = await shop.createPayment({ expires_in: 5 });
    await shop.sandbox(payment_id, 'process');
    await new Promise((resolve) => setTimeout(resolve, Date.parse(expires_at) - Date.now() + 500));
    assert.equal(await statusOf(payment_id), 'processing');
    await shop.sandbox(payment_id, 'pay');
    assert.equal(await statusOf(payment_id), 'paid');
  });

  it('ends only after a status query, which finds money whose webhook was lost', async () => {
    const { payment_id, qr_id } = await shop.createPayment({ expires_in: 1 });
    // The bank takes the money but its webhook is lost, so the test changes the bank's records directly.
    const { DatabaseSync } = await import('node:sqlite');
    const books = new DatabaseSync(shop.databaseFile);
    books.exec('PRAGMA busy_timeout = 5000');
    books
      .prepare(`UPDATE sandbox_payments SET status = 'paid', notified_status = 'paid' WHERE qr_id = ?`)
      .run(qr_id);
    books.close();
    await until(async () => (await statusOf(payment_id)) !== 'created', 'an end');
    assert.equal(await statusOf(payment_id), 'paid');
  });

  async function statusOf(id: string): Promise<string> {
    return ((await (await shop.api(`/payments/${id}`)).json()) as { status: string }).status;
  }
});

describe('our webhooks to the shop', () => {
  let shop: TestCompanion;
  const received: { headers: IncomingHttpHeaders; body: string; at: number }[] = [];
  let refusals = 0;
  const merchant = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += String(chunk)));
    request.on('end', () => {
      if (request.url === '/redirect') {
        response.writeHead(307, { location: '/elsewhere' }).end();
        return;
      }
      if (refusals > 0) {
        refusals--;
        response.writeHead(500).end();
        return;
      }
      received.push({ headers: request.headers, body, at: Date.now() });
      response.writeHead(204).end();
    });
  });
  let callback = '';
  before(async () => {
    shop = await startCompanion();
    await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
    callback = `http://127.0.0.1:${(merchant.address() as { port: number }).port}`;
  });
  after(async () => {
    await shop.stop();
    merchant.close();
  });

  async function untilReceived(paymentId: string, count: number, timeoutMs = PATIENCE_MS) {
    const deadline = Date.now() + timeoutMs;
    const ofPayment = () => received.filter(({ body }) => body.includes(paymentId));
    while (ofPayment().length < count) {
      assert.ok(Date.now() < deadline, `${ofPayment().length} of ${count} webhooks after ${timeoutMs} ms`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return ofPayment();
  }

  it('are signed, in order, one per change', async () => {
    const { payment_id } = await shop.createPayment({
      callback_url: `${callback}/hook`,
      metadata: { cart: 7 },
    });
    await shop.sandbox(payment_id, 'process');
    await shop.sandbox(payment_id, 'pay');
    const webhooks = await untilReceived(payment_id, 2, 5_000);
    const verified = webhooks.map(({ headers, body }) =>
      verifyWebhook({ headers, body, secrets: WEBHOOK_SECRET }),
    );
    assert.deepEqual(
      verified.map(({ event }) => event),
      ['payment.processing', 'payment.paid'],
    );
    const [, paid] = verified;
    assert.equal(paid!.payload['order_id'], 'ORD-1');
    assert.equal(paid!.payload['amount'], 125_000);
    assert.deepEqual(paid!.payload['metadata'], { cart: 7 });
    assert.ok(Date.parse(String(paid!.payload['paid_at'])) > 0);
    assert.notEqual(verified[0]!.deliveryId, paid!.deliveryId);
  });

  it('are repeated with the same id until they are accepted', async () => {
    refusals = 1;
    const { payment_id } = await shop.createPayment({ callback_url: `${callback}/hook` });
    await shop.sandbox(payment_id, 'pay');
    const [webhook] = await untilReceived(payment_id, 1);
    assert.equal(verifyWebhook({ ...webhook!, secrets: WEBHOOK_SECRET }).event, 'payment.paid');
  });

  it('reach one shop while another one hangs', async () => {
    const silent = createServer(() => undefined);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const nowhere = `http://127.0.0.1:${(silent.address() as { port: number }).port}/`;
    const stuck = await Promise.all(
      Array.from({ length: 70 }, () => shop.createPayment({ callback_url: nowhere })),
    );
    await Promise.all(stuck.map(({ payment_id }) => shop.sandbox(payment_id, 'pay')));
    const pace = Pace.start();
    const since = Date.now();
    const { payment_id } = await shop.createPayment({ callback_url: `${callback}/hook` });
    await shop.sandbox(payment_id, 'pay');
    await untilReceived(payment_id, 1);
    assert.ok(Date.now() - since < pace.stretch(3_000), `${Date.now() - since} ms`);
    silent.close();
    silent.closeAllConnections();
  });

  it('reach one shop while another one behind the same host hangs', async () => {
    const host = createServer((request, response) => {
      if (request.url?.startsWith('/dead') === true) return;
      request.resume().on('end', () => {
        reached.push(request.headers['x-sbp-event'] as string);
        response.writeHead(204).end();
      });
    });
    const reached: string[] = [];
    await new Promise<void>((resolve) => host.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(host.address() as { port: number }).port}`;
    const stuck = await Promise.all(
      Array.from({ length: 70 }, (_, i) =>
        shop.createPayment({ callback_url: `${address}/dead?order=${i}` }),
      ),
    );
    await Promise.all(stuck.map(({ payment_id }) => shop.sandbox(payment_id, 'pay')));
    const pace = Pace.start();
    const since = Date.now();
    const { payment_id } = await shop.createPayment({ callback_url: `${address}/alive` });
    await shop.sandbox(payment_id, 'pay');
    await until(() => reached.length > 0, 'the webhook');
    assert.deepEqual(reached, ['payment.paid']);
    assert.ok(Date.now() - since < pace.stretch(3_000), `${Date.now() - since} ms`);
    host.close();
    host.closeAllConnections();
  });

  it('report "paid" also to a shop that failed on "processing"', async () => {
    refusals = 1;
    const { payment_id } = await shop.createPayment({ callback_url: `${callback}/hook` });
    await shop.sandbox(payment_id, 'process');
    await new Promise((resolve) => setTimeout(resolve, 200));
    await shop.sandbox(payment_id, 'pay');
    const [first] = await untilReceived(payment_id, 1);
    assert.equal(first!.headers['x-sbp-event'], 'payment.paid');
  });

  it('do not follow redirects', async () => {
    const { payment_id } = await shop.createPayment({ callback_url: `${callback}/redirect` });
    await shop.sandbox(payment_id, 'pay');
    const refused = new RegExp(`"payment_id":"${payment_id}"[^\\n]*"status":307`);
    await until(() => refused.test(shop.logs()), 'the failure in the log');
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(
      received.some(({ body }) => body.includes(payment_id)),
      false,
    );
  });
});
