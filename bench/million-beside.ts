import { setTimeout as sleep } from 'node:timers/promises';
import { DatabaseSync } from 'node:sqlite';
import { lockElsewhere } from '../test/support/foreign-lock.ts';
import type { Shop } from './million-shop.ts';
import { median, row } from './million-table.ts';

/** Payments that are due for polling at the same time. */
export const DUE = 200;
const DUE_ROUNDS = 5;
const TURNS = 5;
const CALLS = 10;
/** Calls a minute. The default of SBP_RATE_LIMIT. */
const ALLOWANCE = 600;
/** Pause in ms between two calls of a client over its rate limit. */
const STRANGER_PAUSE_MS = 20;
const ASKED = /^sbp_provider_calls_total\{provider="sandbox",operation="status",result="ok"\} (\d+)$/m;

/** Adds `due` to each shop's times: the time until all payments that became due together are polled. */
export async function dueWork(shops: readonly Shop[]): Promise<void> {
  const ids = new Map<Shop, string[]>();
  for (const shop of shops) {
    plan(shop, 'NULL', 'next_check_at IS NOT NULL');
    const made: string[] = [];
    while (made.length < DUE) made.push((await shop.client.createPayment()).payment_id);
    ids.set(shop, made);
  }
  for (let i = 0; i < DUE_ROUNDS; i++) {
    for (const shop of i % 2 === 0 ? shops : shops.toReversed()) {
      const asked = await questions(shop);
      const due = ids.get(shop)!;
      plan(shop, '1', `id IN (${due.map((id) => `'${id}'`).join()})`);
      await shop.measure('due', async () => {
        // A change of another payment makes the companion look for due payments.
        await shop.client.createPayment();
        while ((await questions(shop)) < asked + DUE) await sleep(5);
      });
      plan(shop, 'NULL', 'next_check_at IS NOT NULL');
    }
  }
}

/** Sets the time of the next poll of payments. */
function plan(shop: Shop, at: string, which: string): void {
  const db = new DatabaseSync(shop.file, { timeout: 10_000 });
  db.exec(`UPDATE payments SET next_check_at = ${at} WHERE ${which}`);
  db.close();
}

async function questions(shop: Shop): Promise<number> {
  return Number(ASKED.exec(await shop.call('/metrics'))?.[1] ?? 0);
}

type Work = Readonly<Record<string, () => Promise<unknown>>>;

/** Prints the waiting times of the shop's own callers with and without abusive clients. */
export async function beside(shop: Shop): Promise<void> {
  await shop.start({ SBP_RATE_LIMIT: String(ALLOWANCE) });
  await shop.checked();
  const { token } = await shop.client.createPayment();
  const session = () => shop.client.checkout('/session', token).then(taken);
  const create = () => shop.client.createPayment();
  const health = () => fetch(`${shop.client.url}/healthz`).then(taken);
  await compare(shop, 'a foreign write lock', { '/healthz': health, 'the page’s session': session }, () =>
    lockElsewhere(shop.file),
  );
  const payers = { 'create a payment': create, 'the page’s session': session };
  await compare(shop, 'scrapes', payers, () => Promise.resolve(repeat(() => shop.call('/metrics'))));
  await shop.stop();
  // The rate limits are full again.
  await shop.start({ SBP_RATE_LIMIT: String(ALLOWANCE) });
  await compare(shop, 'a stranger', payers, () => stranger(shop));
  await shop.stop();
}

/** Alternates rounds without and with abusive clients, so that other load on the machine affects both equally. */
async function compare(
  shop: Shop,
  trouble: string,
  work: Work,
  begin: () => Promise<() => Promise<unknown>>,
): Promise<void> {
  shop.times.clear();
  for (const [name, call] of Object.entries(work)) await shop.measure(`warm ${name}`, call);
  for (let turn = 0; turn < TURNS; turn++) {
    await measureAll(shop, 'alone', work);
    const end = await begin();
    try {
      await measureAll(shop, 'beside', work);
    } finally {
      await end();
    }
  }
  for (const name of Object.keys(work)) {
    const [alone, troubled] = ['alone', 'beside'].map((when) => median(shop.times.get(`${when} ${name}`)!));
    row(`${trouble}: ${name}`, alone!, troubled!);
  }
}

async function measureAll(shop: Shop, when: string, work: Work): Promise<void> {
  for (let i = 0; i < CALLS; i++) {
    for (const [name, call] of Object.entries(work)) await shop.measure(`${when} ${name}`, call);
  }
}

/** An abusive client at the shared address: uses up the limit there and continues with invented keys and tokens. */
async function stranger(shop: Shop): Promise<() => Promise<unknown>> {
  let guesses = 0;
  const guess = async () => {
    const path = guesses++ % 2 === 0 ? '/api/sbp/v1/payments' : '/checkout/v1/session';
    const headers = { authorization: `Bearer guess-${guesses}` };
    const response = await fetch(shop.client.url + path, { headers });
    await response.text();
    return response.status;
  };
  while ((await guess()) !== 429);
  return repeat(guess);
}

/** Repeats calls in the background until it is stopped. */
function repeat(call: () => Promise<unknown>): () => Promise<void> {
  const ending = new AbortController();
  const calling = (async () => {
    while (!ending.signal.aborted) {
      await call();
      await sleep(STRANGER_PAUSE_MS);
    }
  })();
  return () => {
    ending.abort();
    return calling;
  };
}

async function taken(response: Response): Promise<void> {
  await response.text();
  if (!response.ok) throw new Error(`${response.url}: ${response.status}`);
}
