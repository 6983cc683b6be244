import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../support/companion.ts';
import { MerchantServer } from '../../support/merchant-server.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { UpstreamBooks } from '../../support/upstream-books.ts';
import { UpstreamProxy } from '../../support/upstream-proxy.ts';

const HOUR_MS = 3_600_000;
const JUMPS = { 'a day ahead': 24 * HOUR_MS, 'a day back': -24 * HOUR_MS, 'half an hour back': -HOUR_MS / 2 };
/** Time limit in ms for the payment to get its status, on any clock. */
const WITHIN_MS = PATIENCE_MS;

/** A shop that restarts on the same database with a different clock each time. */
async function open(t: TestContext) {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-clock-'));
  const books = new UpstreamBooks();
  const upstream = await UpstreamProxy.start(null);
  upstream.trick = books.answer;
  const env = {
    SBP_DATABASE_URL: `file:${join(directory, 'shop.sqlite')}`,
    // The same URL for every port.
    SBP_PUBLIC_URL: 'http://127.0.0.1:9',
    SBP_METHODS: 'sbp=sbp-api',
    SBP_SBP_API_URL: upstream.url,
    SBP_SBP_API_TOKEN: 'upstream-token-0123456789',
    SBP_SBP_API_WEBHOOK_SECRET: 'upstream-webhook-secret-0123456789',
  };
  let shop: TestCompanion | null = null;
  t.after(async () => {
    await shop?.companion.close();
    upstream.stop();
    rmSync(directory, { recursive: true });
  });
  return {
    books,
    /** Restarts the companion with a clock that is off by `skew` ms. */
    start: async (skew: number): Promise<TestCompanion> => {
      await shop?.companion.close();
      shop = await startCompanion(env, { now: () => Date.now() + skew });
      return shop;
    },
  };
}

const hasLink = ({ qr_payload }: CreatedPayment) => Boolean(qr_payload);

async function until(
  shop: TestCompanion,
  id: string,
  wanted: (payment: CreatedPayment) => boolean,
): Promise<void> {
  const deadline = Date.now() + WITHIN_MS;
  for (;;) {
    const payment = (await (await shop.api(`/payments/${id}`)).json()) as CreatedPayment;
    if (wanted(payment)) return;
    assert.ok(Date.now() < deadline, `it stayed ${payment.status}, link ${payment.qr_payload}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

describe('a restart by another clock', { concurrency: true }, () => {
  for (const [name, skew] of Object.entries(JUMPS)) {
    it(`${name} makes no second code of a create whose answer was lost`, async (t) => {
      const { books, start } = await open(t);
      const first = await start(0);
      books.losesAnswer = () => Promise.resolve(true);
      const { payment_id } = await first.createPayment({ expires_in: 2 * 24 * 3600 });
      const second = await start(skew);
      books.losesAnswer = () => Promise.resolve(false);
      await until(second, payment_id, hasLink);
      await until(await start(0), payment_id, hasLink);
      assert.equal(books.of(payment_id).length, 1);
      assert.deepEqual(books.conflicts, []);
    });

    it(`${name} finds out about a payment whose webhook was lost`, async (t) => {
      const { books, start } = await open(t);
      const first = await start(0);
      const { payment_id } = await first.createPayment({ expires_in: 2 * 24 * 3600 });
      for (const bill of books.of(payment_id)) bill.status = 'paid';
      await until(await start(skew), payment_id, ({ status }) => status === 'paid');
    });
  }

  it('a day back still tells the merchant what could not be told before', async (t) => {
    const { books, start } = await open(t);
    const first = await start(24 * HOUR_MS);
    const merchant = await MerchantServer.open();
    const { url } = merchant;
    await merchant.close();
    const { payment_id } = await first.createPayment({ callback_url: url });
    for (const bill of books.of(payment_id)) bill.status = 'paid';
    await until(first, payment_id, ({ status }) => status === 'paid');
    const attempts = async () => {
      const { items } = (await (await first.api('/deliveries')).json()) as { items: { attempts: number }[] };
      return items[0]?.attempts ?? 0;
    };
    while ((await attempts()) === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    const again = await MerchantServer.open(Number(new URL(url).port));
    t.after(() => again.close());
    await start(0);
    const deadline = Date.now() + WITHIN_MS;
    while (again.received.size === 0) {
      assert.ok(Date.now() < deadline, 'the merchant was not told');
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  });
});
