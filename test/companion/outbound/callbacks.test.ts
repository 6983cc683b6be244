import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { startCompanion } from '../../support/companion.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { until } from '../../support/until.ts';

/** Outside development; calls still never leave this machine. */
const PRODUCTION = { NODE_ENV: 'production', SBP_BANKS_URL: 'https://127.0.0.1:9/no-banks.json' };

interface Refusal {
  errors: { path: string; message: string }[];
}

describe('callback_url', () => {
  it('is refused for an address that the merchant may not name', async () => {
    const shop = await startCompanion(PRODUCTION);
    try {
      for (const callback_url of [
        'https://127.0.0.1/hook',
        'https://localhost/hook',
        'https://[::1]/hook',
        'https://[::ffff:10.0.0.1]/hook',
        'https://10.0.0.1/hook',
        'https://169.254.169.254/latest/meta-data',
        'https://0x7f000001/hook',
        'http://shop.example/hook',
      ]) {
        const response = await shop.api('/payments', { json: { order_id: 'A', amount: 1, callback_url } });
        assert.equal(response.status, 422, callback_url);
        const { errors } = (await response.json()) as Refusal;
        assert.deepEqual(
          errors.map(({ path }) => path),
          ['callback_url'],
          callback_url,
        );
        const test = await shop.api('/test/webhook', { json: { callback_url } });
        assert.equal(test.status, 422, callback_url);
        assert.deepEqual(
          ((await test.json()) as Refusal).errors.map(({ path }) => path),
          ['callback_url'],
        );
      }
      assert.deepEqual(((await (await shop.api('/deliveries')).json()) as { items: unknown[] }).items, []);
      const { items } = (await (await shop.api('/payments')).json()) as { items: unknown[] };
      assert.deepEqual(items, []);
      await shop.createPayment({ callback_url: 'https://shop.example/hook' });
    } finally {
      await shop.stop();
    }
  });

  it('may lead inside over plain http if SBP_CALLBACK_HOSTS names the host', async () => {
    const merchant = await MerchantServer.open();
    const { host } = new URL(merchant.url);
    const shop = await startCompanion({ ...PRODUCTION, SBP_CALLBACK_HOSTS: host });
    try {
      const { payment_id } = await shop.createPayment({ callback_url: merchant.url });
      await shop.sandbox(payment_id, 'pay');
      await until(
        () => [...merchant.received.values()].some(({ event }) => event === 'payment.paid'),
        'told',
      );
      const elsewhere = merchant.url.replace('127.0.0.1', '127.0.0.2');
      const refused = await shop.api('/payments', {
        json: { order_id: 'A', amount: 1, callback_url: elsewhere },
      });
      assert.equal(refused.status, 422);
    } finally {
      await shop.stop();
      await merchant.close();
    }
  });

  it('is not called if its name resolves to an inside address', async () => {
    let called = 0;
    const inside = createServer((_request, response) => {
      called++;
      response.end();
    });
    inside.on('connection', () => called++);
    await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
    const { port } = inside.address() as AddressInfo;
    const asked: string[] = [];
    const shop = await startCompanion(PRODUCTION, {
      resolve: (host, _options, done) => {
        asked.push(host);
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      },
    });
    try {
      const callback_url = `https://rebound.example:${port}/hook`;
      const { payment_id } = await shop.createPayment({ callback_url });
      await shop.sandbox(payment_id, 'pay');
      await until(() => shop.logs().includes('webhook not delivered'), 'an attempt in the log');
      assert.deepEqual(asked, ['rebound.example']);
      assert.match(shop.logs(), /leads to a private, local or reserved address/);
      assert.equal(called, 0);
    } finally {
      await shop.stop();
      inside.close();
    }
  });
});
