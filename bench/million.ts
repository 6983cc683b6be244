/**
 * `npm run bench:million [-- <payments>]`: what a shop with a million payments waits for, beside one with a thousand.
 * The databases are made in a temporary folder and removed afterwards. It reports and asserts nothing.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { bankReport } from '../test/support/bank-report.ts';
import { API_KEY, apiClient, freePort, startCompanion, testEnv } from '../test/support/companion.ts';
import { MerchantServer } from '../test/support/merchant-server.ts';
import { fillDatabase } from './million-rows.ts';

const SMALL = 1_000;
const LARGE = Number(process.argv[2] ?? 1_000_000);
const ROUNDS = 10;
const CALLS = 10;
/** Payments of the status that is asked for. */
const RARE = 20;
const CLI = join(import.meta.dirname, '../src/companion/cli.ts');

const merchant = await MerchantServer.open();
const hookWaits = new Map<string, (at: number) => void>();

class Shop {
  readonly directory: string;
  readonly times = new Map<string, number[]>();
  #port = 0;
  #child: ChildProcess | null = null;
  output = '';

  constructor(directory: string) {
    this.directory = directory;
  }

  get file(): string {
    return join(this.directory, 'test.sqlite');
  }

  get client() {
    return apiClient(`http://127.0.0.1:${this.#port}`);
  }

  /** ms until it answers. */
  async start(): Promise<number> {
    this.#port = await freePort();
    const begun = performance.now();
    const child = spawn(process.execPath, [CLI, 'serve'], {
      env: { ...process.env, ...testEnv(this.#port, this.directory) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => (this.output += String(chunk)));
    }
    for (;;) {
      const answered = await fetch(`${this.client.url}/healthz`).catch(() => null);
      if (answered?.ok) return performance.now() - begun;
      if (child.exitCode !== null) throw new Error(this.output);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  async stop(): Promise<void> {
    const child = this.#child!;
    const ended = child.exitCode === null ? once(child, 'exit') : null;
    child.kill();
    await ended;
  }

  async logged(words: string): Promise<void> {
    while (!this.output.includes(words)) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  async measure(name: string, work: () => Promise<unknown>): Promise<void> {
    const begun = performance.now();
    await work();
    this.add(name, performance.now() - begun);
  }

  add(name: string, ms: number): void {
    this.times.set(name, [...(this.times.get(name) ?? []), ms]);
  }
}

/** A database with so many payments, as a companion has left them. */
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
  // Five statuses are told; a delivery that is still under way would be copied as one that is due.
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

/** The kept answers of creates hold a drawn code each: gigabytes that no question reads. */
function shrinkAnswers(file: string): void {
  const db = new DatabaseSync(file);
  db.exec(`UPDATE idempotency_keys SET answer_json = '{"status":201,"body":{}}'`);
  db.close();
}

async function call(shop: Shop, path: string): Promise<void> {
  const response = await fetch(shop.client.url + path, { headers: { authorization: `Bearer ${API_KEY}` } });
  await response.text();
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
}

/** One payment from its creation to the shop's own webhook, and what its page and its owner ask meanwhile. */
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
  await shop.measure('list of a rare status', () => call(shop, '/api/sbp/v1/payments?status=failed'));
  await shop.measure('list, newest first', () => call(shop, '/api/sbp/v1/payments'));
  await shop.measure('list of attention', () => call(shop, '/api/sbp/v1/payments?attention=true'));
  await shop.measure('log of deliveries', () => call(shop, '/api/sbp/v1/deliveries'));
  await shop.measure('scrape of /metrics', () => call(shop, '/metrics'));
}

const median = (values: readonly number[]) =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
const written = (ms: number) => (ms < 100 ? ms.toFixed(1) : ms.toFixed(0)).padStart(9);

function row(name: string, small: number, large: number): void {
  console.log(
    `  ${name.padEnd(34)}${written(small)}${written(large)}   ${(large / small).toFixed(2).padStart(6)}×`,
  );
}

/** The merchant's server only counts: when each payment's `paid` came is looked up in what it has received. */
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
  await large.logged('database checked');
  console.log(
    `  (its check, in the background, took ${((performance.now() - checked) / 1000).toFixed(0)} s)`,
  );
  for (const shop of [small, large]) shop.times.clear();
  for (let i = 0; i < ROUNDS; i++) {
    // In turns, so that what else the machine does meets both alike.
    for (const shop of i % 2 === 0 ? [small, large] : [large, small]) await round(shop);
  }
  for (const [name, times] of small.times) row(name, median(times), median(large.times.get(name)!));
  await Promise.all([small.stop(), large.stop()]);
} finally {
  clearInterval(watching);
  await merchant.close();
  await Promise.all(shops.map(({ directory }) => rm(directory, { recursive: true, force: true })));
}
