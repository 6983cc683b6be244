/**
 * `npm run bench:webhooks`: compares durable webhooks a second with grouped commits, with one commit each, and under bare
 * `node:http`; then measures the delay until a payer's page shows one. It asserts nothing.
 */
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { apiClient, freePort, testEnv } from '../test/support/companion.ts';
import { StreamReader } from '../test/support/event-source.ts';
import { pressWebhooks } from './webhook-load.ts';

const ROUNDS = 3;
const ROUND_MS = 2_000;
const CONNECTIONS = 128;
/** More payments than the fastest server needs in all rounds. */
const PAYMENTS = 150_000;
const STREAMS = 200;

const SERVER = join(import.meta.dirname, 'webhook-server.ts');

class Candidate {
  readonly port: number;
  readonly client: ReturnType<typeof apiClient>;
  readonly #directory: string;
  readonly #child: ChildProcess;
  readonly rates: number[] = [];
  #used = 0;

  private constructor(port: number, directory: string, child: ChildProcess) {
    this.port = port;
    this.client = apiClient(`http://127.0.0.1:${port}`);
    this.#directory = directory;
    this.#child = child;
  }

  static async start(variant: string): Promise<Candidate> {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-bench-'));
    const port = await freePort();
    const env = { ...process.env, ...testEnv(port, directory), SBP_LOG_LEVEL: 'silent' };
    const child = fork(SERVER, [variant], { env });
    await once(child, 'message');
    seed(join(directory, 'test.sqlite'));
    return new Candidate(port, directory, child);
  }

  async press(ms: number): Promise<number> {
    const next = () => `pay_${++this.#used}`;
    return pressWebhooks(this.port, next, { connections: CONNECTIONS, ms });
  }

  get median(): number {
    return this.rates.toSorted((a, b) => a - b)[Math.floor(this.rates.length / 2)]!;
  }

  async stop(): Promise<void> {
    const exited = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await exited;
    await rm(this.#directory, { recursive: true, force: true });
  }
}

/** Inserts thousands of open payments, with the same rows as `createPayment`. */
function seed(file: string): void {
  const db = new DatabaseSync(file, { timeout: 5000 });
  const inAnHour = Date.now() + 3_600_000;
  const numbers = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${PAYMENTS})`;
  db.exec(`BEGIN;
    INSERT INTO payments (id, order_id, amount, currency, status, late, version, method, methods_json, provider,
      reference, provider_payment_id, qr_id, presentation_json, customer_json, metadata_json, lifetime,
      refunded_amount, expires_at, created_at, updated_at, next_check_at, checks, attempts)
    ${numbers} SELECT 'pay_' || i, 'ORD-' || i, 1000, 'RUB', 'created', 0, 2, 'sbp', '["sbp"]', 'sandbox',
      'pay_' || i, 'pay_' || i, 'QR' || i, '{"kind":"link","url":"https://qr.nspk.ru/X","deep_link":null}', '{}', '{}',
      900000, 0, ${inAnHour}, 0, 0, NULL, 0, 1 FROM n;
    INSERT INTO attempts (reference, payment_id, provider, method, provider_payment_id, qr_id, created_at)
    ${numbers} SELECT 'pay_' || i, 'pay_' || i, 'sandbox', 'sbp', 'pay_' || i, 'QR' || i, 0 FROM n;
    COMMIT`);
  db.close();
}

/** Measures the time from sending a webhook to its snapshot on an open stream, both over loopback. */
async function pushTimes(server: Candidate): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < STREAMS; i++) {
    const { payment_id, token } = await server.client.createPayment({ amount: 1000 });
    const stream = await StreamReader.open(server.client.url, token);
    await stream.until(({ snapshots }) => snapshots.length > 0);
    const sent = performance.now();
    const arrived = stream.until(({ snapshots }) => snapshots.length > 1);
    await Promise.all([
      pressWebhooks(server.port, () => payment_id, { connections: 1, ms: 0 }),
      arrived.then(() => times.push(performance.now() - sent)),
    ]);
    stream.stop();
  }
  return times.sort((a, b) => a - b);
}

const [grouped, single, raw] = await Promise.all(['grouped', 'single', 'raw'].map((v) => Candidate.start(v)));
const all = { 'grouped commits': grouped!, 'one by one': single!, 'node:http + store': raw! };
try {
  for (const server of Object.values(all)) await server.press(1_000);
  // Alternate, so that other load on the machine affects all of them equally.
  for (let round = 0; round < ROUNDS; round++) {
    for (const server of Object.values(all)) server.rates.push(await server.press(ROUND_MS));
  }
  console.log(`${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, Node ${process.version}`);
  console.log(
    `durable webhooks a second, median of ${ROUNDS} rounds of ${ROUND_MS / 1000} s, ${CONNECTIONS} connections\n`,
  );
  for (const [name, { median, rates }] of Object.entries(all)) {
    console.log(
      `  ${name.padEnd(20)}${median.toFixed(0).padStart(7)}   (${rates.map((r) => r.toFixed(0)).join(', ')})`,
    );
  }
  const over = (server: Candidate, peer: Candidate) => (server.median / peer.median).toFixed(2);
  // With a fast disk this ratio is small: the bare server is the upper limit for any server over this store.
  console.log(
    `\n  grouped / one by one  ${over(grouped!, single!)} (aim: 6; node:http: ${over(raw!, single!)})`,
  );
  console.log(`  grouped / node:http   ${over(grouped!, raw!)} (aim: 0.8)\n`);
  const times = await pushTimes(grouped!);
  const at = (share: number) => times[Math.floor((times.length - 1) * share)]!.toFixed(1);
  console.log(`  webhook sent → snapshot on the page's stream: p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`);
} finally {
  await Promise.all(Object.values(all).map((server) => server.stop()));
}
