/**
 * `npm run bench:million [-- <payments>]`: compares the waiting times of a shop with a million payments and one with a thousand.
 * Creates the databases in a temporary folder and removes them afterwards. It asserts nothing. The second table compares the
 * waiting times of a shop's callers with and without abusive clients.
 */
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bankReport } from '../test/support/bank-report.ts';
import { startCompanion } from '../test/support/companion.ts';
import { MerchantServer } from '../test/support/merchant-server.ts';
import { beside, dueWork, DUE } from './million-beside.ts';
import { fillDatabase } from './million-rows.ts';
import { Shop } from './million-shop.ts';
import { median, row } from './million-table.ts';

const SMALL = 1_000;
const LARGE = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 10;
const CALLS = 10;
/** The number of payments with a rare status, by which a call searches. */
const RARE = 20;

const merchant = await MerchantServer.open();
const hookWaits = new Map<string, (at: number) => void>();

/** Creates a database with this many payments. */
async function build(payments: number): Promise<Shop> {
  merchant.received.clear();
  const shop = new Shop(await mkdtemp(join(tmpdir(), 'sbp-million-')));
  const companion = await startCompanion({ SBP_DATABASE_URL: `file:${shop.file}` });
  const create = async (fields: object = {}) =>
    (await (
      await companion.api('/payments', {
        json: { order_id: 'ORD-1', amount: 125_000, callback_url: merchant.url, ...fields },
        headers: { 'idempotency-key': String(Math.random()) },
      })
    ).json()) as { payment_id: string };
  const [declined, paid, refunded, expired] = await Promise.all([create(), create(), create(), create()]);
  await companion.sandbox(declined.payment_id, 'decline');
  await companion.sandbox(paid.payment_id, 'pay');
  await companion.sandbox(refunded.payment_id, 'pay');
  await companion.sandbox(expired.payment_id, 'expire');
  await companion.api('/refunds', { json: { payment_id: refunded.payment_id, amount: 100 } });
  // Wait for all five webhooks: an unfinished delivery would be copied as a due one.
  while (merchant.received.size < 5) await new Promise((resolve) => setTimeout(resolve, 20));
  await companion.close();
  shrinkAnswers(shop.file);
  const share = (part: number) => Math.round((payments - RARE) * part);
  fillDatabase(shop.file, [
    { paymentId: declined.payment_id, copies: RARE },
    { paymentId: paid.payment_id, copies: share(0.65) },
    { paymentId: refunded.payment_id, copies: share(0.05) },
    { paymentId: expired.payment_id, copies: share(0.3) },
  ]);
  return shop;
}

/** Removes the stored responses of creates: each contains a drawn QR, and no query reads them. */
function shrinkAnswers(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`UPDATE idempotency_keys SET response_json = '{"status":201,"body":{}}'`);
  db.close();
}

/** Measures one payment from its creation to the shop's webhook, with the calls of its page and its merchant. */
async function round(shop: Shop): Promise<void> {
  const { client } = shop;
  for (let i = 0; i < CALLS; i++) {
    const begun = performance.now();
    const payment = await client.createPayment({ callback_url: merchant.url });
    shop.add('create a payment', performance.now() - begun);
    await shop.measure('the page’s session', () => client.checkout('/session', payment.token));
    const told = new Promise<number>((resolve) => hookWaits.set(payment.payment_id, resolve));
    const paying = performance.now();
    await shop.measure('webhook to paid, on disk', () =>
      bankReport(client.url, { payment_id: payment.payment_id, status: 'paid' }),
    );
    shop.add('webhook to the shop told', (await told) - paying);
  }
  await shop.measure('list of a rare status', () => shop.call('/api/sbp/v1/payments?status=failed'));
  await shop.measure('list, newest first', () => shop.call('/api/sbp/v1/payments'));
  await shop.measure('list of attention', () => shop.call('/api/sbp/v1/payments?attention=true'));
  await shop.measure('log of deliveries', () => shop.call('/api/sbp/v1/deliveries'));
  await shop.measure('scrape of /metrics', () => shop.call('/metrics'));
}

/** Finds the time of a payment's `paid` webhook among those that the merchant's server has received. */
function watchHooks(): NodeJS.Timeout {
  return setInterval(() => {
    for (const { event, payload } of merchant.received.values()) {
      if (event !== 'payment.paid') continue;
      const id = String(payload['payment_id']);
      hookWaits.get(id)?.(performance.now());
      hookWaits.delete(id);
    }
    merchant.received.clear();
  }, 1);
}

const shops: Shop[] = [];
let watching: NodeJS.Timeout | undefined;
try {
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
  for (const payments of [SMALL, LARGE]) shops.push(await build(payments));
  const [small, large] = shops as [Shop, Shop];
  const sizes = await Promise.all([small, large].map(async ({ file }) => (await stat(file)).size / 2 ** 20));
  console.log(
    `${SMALL} payments (${sizes[0]!.toFixed(1)} MB) beside ${LARGE} (${sizes[1]!.toFixed(0)} MB); ` +
      `medians of ${ROUNDS} rounds, ms\n`,
  );
  watching = watchHooks();
  row('start, until it answers', await small.start(), await large.start());
  await Promise.all([round(small), round(large)]); // warm
  for (const shop of [small, large]) shop.times.clear();
  const checked = performance.now();
  for (const shop of [small, large]) await round(shop);
  for (const shop of [small, large]) {
    await shop.measure('create while the file is checked', () => shop.client.createPayment());
  }
  await large.checked();
  console.log(
    `  (its check, in the background, took ${((performance.now() - checked) / 1000).toFixed(0)} s)`,
  );
  for (const shop of [small, large]) shop.times.clear();
  for (let i = 0; i < ROUNDS; i++) {
    // Alternate, so that other load on the machine affects both equally.
    for (const shop of i % 2 === 0 ? [small, large] : [large, small]) await round(shop);
  }
  for (const [name, times] of small.times) row(name, median(times), median(large.times.get(name)!));
  for (const shop of [small, large]) shop.times.clear();
  await dueWork([small, large]);
  row(`${DUE} due payments asked about`, median(small.times.get('due')!), median(large.times.get('due')!));
  await Promise.all([small.stop(), large.stop()]);
  console.log(`\n${LARGE} payments: alone beside in trouble; medians, ms\n`);
  await beside(large);
} finally {
  await Promise.all(shops.map((shop) => shop.stop()));
  clearInterval(watching);
  await merchant.close();
  await Promise.all(shops.map(({ directory }) => rm(directory, { recursive: true, force: true })));
}
