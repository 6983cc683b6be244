import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../../support/companion.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { Pace } from '../../support/pace.ts';
import { until } from '../../support/until.ts';

/** Less than the delay of any retry: the first one comes at least 4 s after the attempt. */
const AT_ONCE_MS = 2_500;

let shop: TestCompanion;
/** Open calls to a slow shop. */
const held: ServerResponse[] = [];
const slow = createServer((request, response) => {
  request.resume().on('end', () => held.push(response));
});
let slowUrl = '';
before(async () => {
  shop = await startCompanion();
  await new Promise<void>((resolve) => slow.listen(0, '127.0.0.1', resolve));
  slowUrl = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/hook`;
});
after(async () => {
  slow.closeAllConnections();
  slow.close();
  await shop.stop();
});

interface Delivery {
  delivery_id: string;
  status: string;
  attempts: number;
}

async function testTo(callback_url: string): Promise<Delivery> {
  return (await (await shop.api('/test/webhook', { json: { callback_url } })).json()) as Delivery;
}

async function redeliver({ delivery_id }: Delivery): Promise<void> {
  const response = await shop.api(`/deliveries/${delivery_id}/redeliver`, { method: 'POST' });
  assert.equal(response.status, 202);
  assert.equal(((await response.json()) as Delivery).status, 'pending');
}

async function logged({ delivery_id }: Delivery): Promise<Delivery> {
  const { items } = (await (await shop.api('/deliveries')).json()) as { items: Delivery[] };
  return items.find((one) => one.delivery_id === delivery_id)!;
}

describe('redelivery', () => {
  it('asked for twice at once sends the same again, under the same id', async () => {
    const merchant = await MerchantServer.open();
    try {
      const delivery = await testTo(merchant.url);
      const copies = () => merchant.received.get(delivery.delivery_id)?.copies ?? 0;
      await until(() => copies() === 1, 'the first copy');
      await Promise.all([redeliver(delivery), redeliver(delivery)]);
      await until(
        async () => copies() >= 2 && (await logged(delivery)).status === 'delivered',
        'another copy',
      );
      assert.ok(copies() <= 3, `${copies()} copies`);
      assert.equal(merchant.received.get(delivery.delivery_id)!.bodies.size, 1);
    } finally {
      await merchant.close();
    }
  });

  for (const status of [204, 500]) {
    it(`asked for during an attempt is done after it, also when that ends with ${status}`, async () => {
      held.length = 0;
      const delivery = await testTo(slowUrl);
      await until(() => held.length === 1, 'the first attempt');
      await redeliver(delivery);
      held[0]!.writeHead(status).end();
      const pace = Pace.start();
      const answered = Date.now();
      await until(() => held.length === 2, 'the second attempt');
      assert.ok(Date.now() - answered < pace.stretch(AT_ONCE_MS), `${Date.now() - answered} ms`);
      assert.deepEqual(
        [(await logged(delivery)).attempts, (await logged(delivery)).status],
        [0, 'pending'],
        'the retries begin anew',
      );
      held[1]!.writeHead(204).end();
      await until(async () => (await logged(delivery)).status === 'delivered', 'its end');
      assert.equal((await logged(delivery)).attempts, 1);
    });
  }
});
