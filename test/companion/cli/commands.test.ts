import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { loadConfig } from '../../../src/companion/config.ts';
import { startCompanion, testEnv } from '../../support/companion.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';
import { until } from '../../support/until.ts';
import { assertNoLeaks } from '../../support/log-scan.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { secretsOf } from '../../support/secrets.ts';

const CLI = join(import.meta.dirname, '../../../src/companion/cli/main.ts');
const PUBLISHED_HASHES = join(import.meta.dirname, '../../../dist/cdn/integrity.json');

function folder(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-cli-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

function cli(args: string[], databaseFile: string) {
  const env = { ...testEnv(0, tmpdir()), SBP_DATABASE_URL: `file:${databaseFile}` };
  const said = spawnSync(process.execPath, [CLI, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  assertNoLeaks(said.stdout + said.stderr, secretsOf(env));
  return said;
}

/** Returns a migrated database that was closed cleanly. */
function database(t: TestContext): string {
  const file = join(folder(t), 'shop.sqlite');
  assert.equal(cli(['migrate'], file).status, 0);
  return file;
}

function refused({ status, stderr, stdout }: ReturnType<typeof cli>, message: RegExp): void {
  assert.equal(status, 1, stdout + stderr);
  assert.match(stderr, message);
  assert.equal(stderr.includes('    at '), false, 'a stack trace helps nobody here');
}

describe('sbp-checkout keys', () => {
  it('prints three secrets that the configuration takes, new ones each time', (t) => {
    const { status, stdout, stderr } = cli(['keys'], join(folder(t), 'x.sqlite'));
    assert.deepEqual([status, stderr], [0, '']);
    const lines = stdout.trim().split('\n');
    const env: Record<string, string> = {};
    for (const line of lines) env[line.slice(0, line.indexOf('='))] = line.slice(line.indexOf('=') + 1);
    assert.doesNotThrow(() => loadConfig({ ...env, SBP_METHODS: 'sbp=sandbox', SBP_SANDBOX: 'allow' }));
    assert.equal(new Set(Object.values(env)).size, 3);
    for (const secret of Object.values(env)) assert.match(secret, /^[\w-]{43}$/);
    assert.notEqual(cli(['keys'], 'x').stdout, stdout);
  });
});

describe('sbp-checkout snippet', () => {
  it('prints a script tag and an import map that pin every byte, and the hash that a policy lists', (t) => {
    const { status, stdout, stderr } = cli(['snippet'], join(folder(t), 'x.sqlite'));
    assert.deepEqual([status, stderr], [0, '']);
    const [, map] = /<script type="importmap">(.*?)<\/script>/.exec(stdout)!;
    const { integrity } = JSON.parse(map!) as { integrity: Record<string, string> };
    const pinned = Object.entries(integrity).map(([address, hash]) => {
      const [, path] = /^http:\/\/127\.0\.0\.1:0\/pinned\/[0-9a-f]{16}\/(.*)$/.exec(address)!;
      return [path!, hash];
    });
    const {
      'pay.js': ours,
      'pay.legacy.js': plain,
      ...payers
    } = JSON.parse(readFileSync(PUBLISHED_HASHES, 'utf8')) as typeof integrity;
    assert.ok(ours && plain, 'the hosted page’s own scripts are no part of a shop’s');
    assert.deepEqual(Object.fromEntries(pinned), payers);
    const [, address, hash] = /<script type="module" src="(.*?)" integrity="(.*?)" crossorigin>/.exec(
      stdout,
    )!;
    assert.equal(integrity[address!], hash);
    assert.match(address!, /\/sbp-checkout\.js$/);
    assert.ok(stdout.includes(`'sha256-${createHash('sha256').update(map!).digest('base64')}'`));
  });
});

describe('sbp-checkout migrate', () => {
  it('says what it did, and that there was nothing to do', (t) => {
    const file = join(folder(t), 'shop.sqlite');
    assert.match(cli(['migrate'], file).stdout, /0001_payments/);
    assert.match(cli(['migrate'], file).stdout, /is up to date\.\n$/);
  });
});

describe('sbp-checkout refund settle', () => {
  /** Creates two refunds that the provider has accepted and reports no result for. */
  async function pendingRefunds(t: TestContext) {
    const provider = new ScriptedProvider();
    provider.refund = () => Promise.resolve({ status: 'pending' }) as never;
    provider.status = ({ reference }) =>
      Promise.resolve({ reference, status: 'paid', amount: 125_000, currency: 'RUB' });
    const shop = await startCompanion({}, { providers: { sandbox: provider } });
    t.after(() => rmSync(join(shop.databaseFile, '..'), { recursive: true, force: true }));
    const { payment_id } = await shop.createPayment({ callback_url: 'http://127.0.0.1:9/hook' });
    const read = async () => (await (await shop.api(`/payments/${payment_id}`)).json()) as { status: string };
    await until(async () => (await read()).status === 'paid', 'the money');
    const begin = async (amount: number) => {
      const response = await shop.api('/refunds', { json: { payment_id, amount } });
      return ((await response.json()) as { refund_id: string }).refund_id;
    };
    return { shop, payment_id, first: await begin(1_000), second: await begin(2_000) };
  }

  it('ends it as the provider would, and tells the merchant', async (t) => {
    const { shop, payment_id, first, second } = await pendingRefunds(t);
    const file = shop.databaseFile;
    const settle = (id: string, status: string) => cli(['refund', 'settle', id, '--status', status], file);
    refused(settle(first, 'succeeded'), /in use by another sbp-checkout process/);
    await shop.close();
    assert.match(settle(first, 'succeeded').stdout, /1000 kopecks.* has succeeded; .* is partial_refunded/);
    assert.match(settle(second, 'failed').stdout, /2000 kopecks.* has failed; .* is partial_refunded/);
    refused(settle(first, 'failed'), /has succeeded already/);
    refused(settle('rfd_nobody', 'failed'), /There is no refund rfd_nobody/);
    refused(settle(first, 'lost'), /--status succeeded\|failed/);
    const db = new DatabaseSync(file, { readOnly: true });
    const payment = db.prepare('SELECT refunded_amount, version FROM payments').get()!;
    assert.equal(payment['refunded_amount'], 1_000);
    const last = db.prepare('SELECT event, source, version FROM payment_events ORDER BY id DESC').get()!;
    assert.deepEqual(
      { ...last },
      { event: 'refund.succeeded', source: 'operator', version: payment['version'] },
    );
    const told = db.prepare("SELECT event FROM deliveries WHERE event LIKE 'refund.%' ORDER BY seq").all();
    assert.deepEqual(
      told.map(({ event }) => event),
      ['refund.succeeded', 'refund.failed'],
      payment_id,
    );
    db.close();
  });
});

describe('sbp-checkout backup', () => {
  it('copies a database that is being written to, whole', async (t) => {
    const shop = await startCompanion({ SBP_RATE_LIMIT: '0' });
    t.after(() => shop.stop());
    const before = await shop.createPayment({ order_id: 'BEFORE' });
    const writer = new AbortController();
    const writing = (async () => {
      while (!writer.signal.aborted) await shop.createPayment();
    })();
    const target = join(folder(t), 'copy.sqlite');
    // The command runs in its own process, as in production, while this companion keeps writing.
    const child = spawn(process.execPath, [CLI, 'backup', target], {
      env: {
        PATH: process.env['PATH'] ?? '',
        ...testEnv(0, tmpdir()),
        SBP_DATABASE_URL: `file:${shop.databaseFile}`,
      },
      stdio: 'inherit',
    });
    const status = await new Promise((resolve) => child.on('exit', resolve));
    writer.abort();
    await writing;
    assert.equal(status, 0);

    const copy = new DatabaseSync(target, { readOnly: true });
    t.after(() => copy.close());
    assert.deepEqual({ ...copy.prepare('PRAGMA integrity_check').get() }, { integrity_check: 'ok' });
    assert.ok(copy.prepare('SELECT id FROM payments WHERE id = ?').get(before.payment_id));
    // The copy is from a single moment: it has no payment without its first event.
    const orphans = copy
      .prepare('SELECT id FROM payments WHERE id NOT IN (SELECT payment_id FROM payment_events)')
      .all();
    assert.deepEqual(orphans, []);
  });

  it('never overwrites, and leaves nothing behind when it fails', (t) => {
    const file = database(t);
    const directory = folder(t);
    const target = join(directory, 'copy.sqlite');
    writeFileSync(target, 'mine');
    refused(cli(['backup', target], file), /never overwrites/);
    assert.equal(readFileSync(target, 'utf8'), 'mine');
    writeFileSync(file, 'not a database at all, but long enough to be looked at');
    refused(cli(['backup', join(directory, 'other')], file), /not a SQLite database/);
    refused(cli(['backup', join(directory, 'other')], `${file}.none`), /no database at/);
    assert.deepEqual(readdirSync(directory), ['copy.sqlite']);
    assert.equal(cli(['backup'], file).status, 2);
  });
});

describe('opening the database', () => {
  it('refuses one that is truncated, wherever it was cut', (t) => {
    const file = database(t);
    const whole = readFileSync(file);
    for (const size of [
      0,
      50,
      100,
      4096,
      Math.floor(whole.length / 2),
      whole.length - 4096,
      whole.length - 1,
    ]) {
      writeFileSync(file, whole);
      truncateSync(file, size);
      refused(cli(['serve'], file), /restore a backup/);
      assert.equal(readFileSync(file).length, size, 'nothing was written into it');
    }
    writeFileSync(file, whole);
    assert.equal(cli(['migrate'], file).status, 0);
  });

  it('refuses one whose pages are garbage, and what is no database', (t) => {
    const file = database(t);
    const bytes = readFileSync(file);
    bytes.fill(0xa5, 4096, 8192);
    writeFileSync(file, bytes);
    refused(cli(['serve'], file), /damaged: restore a backup/);
    writeFileSync(file, 'a letter to the bank, no db\n'.padEnd(64, '-').repeat(320));
    refused(cli(['serve'], file), /not a SQLite database/);
  });

  it('does not mind that the -wal of a cleanly closed one is missing', (t) => {
    const file = database(t);
    assert.equal(existsSync(`${file}-wal`), false);
    assert.equal(cli(['migrate'], file).status, 0);
  });

  it('says so when it may not write the database', (t) => {
    const file = database(t);
    // Containers run tests as root, which may write any file. A folder in place of the lock file stops root as well.
    rmSync(`${file}.lock`);
    mkdirSync(`${file}.lock`);
    refused(cli(['serve'], file), /cannot be opened: its folder must exist and be writable/);
  });

  it('refuses a second process, and lets the next one in when the first is gone', async (t) => {
    const shop = await startCompanion();
    t.after(() => rmSync(join(shop.databaseFile, '..'), { recursive: true, force: true }));
    const file = shop.databaseFile;
    refused(cli(['serve'], file), /in use by another sbp-checkout process/);
    refused(cli(['migrate'], file), /in use by another/);
    assert.equal((await shop.createPayment()).status, 'created', 'the first one goes on');
    await shop.close();
    assert.equal(cli(['migrate'], file).status, 0);
  });
});
