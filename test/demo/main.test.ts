import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { openStore } from '../../src/companion/store/store.ts';
import { freePort } from '../support/companion.ts';
import { PATIENCE_MS } from '../support/patience.ts';
import { isPortFree, RunningDemo } from '../support/running-demo.ts';
import { until } from '../support/until.ts';

const ROOT = join(import.meta.dirname, '../..');
const MAIN = join(ROOT, 'demo/main.ts');

let directory: string;
let ports: Record<string, string>;
before(async () => {
  directory = mkdtempSync(join(tmpdir(), 'sbp-demo-'));
  ports = { DEMO_SHOP_PORT: String(await freePort()), SBP_PORT: String(await freePort()) };
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** Returns the output of a demo that refuses to start, before it has begun to build the element. */
function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, '--build', ...args], {
    env: {
      PATH: process.env['PATH'] ?? '',
      SBP_DATABASE_URL: `file:${directory}/demo.sqlite`,
      ...ports,
      ...env,
    },
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  assert.equal(status, 1);
  assert.equal(stdout, '');
  assert.equal(stderr.includes('    at '), false, stderr);
  return stderr;
}

describe('a demo that cannot start', () => {
  it('says so, before it builds, when its database is in use', async () => {
    const file = join(directory, 'used.sqlite');
    const store = await openStore(file);
    try {
      assert.match(refusal([], { SBP_DATABASE_URL: `file:${file}` }), /in use by another/);
    } finally {
      await store.close();
    }
  });

  it('names the variable of a port that is taken', async () => {
    const other = createServer((_request, response) => response.end('{}')).listen(0, '0.0.0.0');
    await once(other, 'listening');
    try {
      const { port } = other.address() as { port: number };
      const said = refusal([], { DEMO_SHOP_PORT: String(port) });
      assert.match(
        said,
        new RegExp(`^DEMO_SHOP_PORT: .*port ${port} already.*DEMO_SHOP_PORT=${port + 1}`, 's'),
      );
      assert.match(refusal([], { SBP_PORT: String(port) }), /^SBP_PORT: another program already listens/);
    } finally {
      other.closeAllConnections();
      await new Promise((resolve) => other.close(resolve));
    }
  });

  it('names each mistake in its settings once', () => {
    const one = refusal([], { SBP_PORT: 'abc' });
    assert.match(one, /1 mistake\(s\):\n {2}- SBP_PORT must be a port number from 0 to 65535, not "abc"\n$/);
    const two = refusal([], { SBP_PORT: '99999', DEMO_SHOP_PORT: '-1' });
    assert.match(two, /2 mistake\(s\)/);
    assert.match(two, /DEMO_SHOP_PORT must be a port number/);
    assert.match(refusal([], { SBP_PORT: '0' }), /1 mistake\(s\):\n {2}- SBP_PORT .*not 0/);
    assert.match(refusal([], { DEMO_SHOP_PORT: '8787', SBP_PORT: '8787' }), /need different ports/);
  });

  it('names the mistake in its options, and what there is', () => {
    const known = /^--provider takes freepayment, .*sbp-api or all, not /;
    for (const args of [['--provider', 'nobody'], ['--provider'], ['--provider=']]) {
      assert.match(refusal(args), known, args.join(' '));
    }
    assert.match(refusal(['--provider', 'sberbnk']), /not "sberbnk"\. Did you mean sberbank\?\n$/);
    assert.match(refusal(['--provder', 'sberbank']), /no option --provder: .*--provider <name>/);
    // Without `--`, npm passes on only this from `npm run demo --provider sberbank`.
    assert.match(refusal(['sberbank']), /npm run demo -- --provider sberbank/);
    assert.match(refusal(['nonsense']), /no "nonsense"/);
  });
});

/** Loads Vite's client, which keeps a connection open. The demo must end in spite of it. */
async function openPage(shopUrl: string): Promise<void> {
  const client = await (await fetch(`${shopUrl}/@vite/client`)).text();
  const token = /const wsToken = "([^"]+)"/.exec(client)![1]!;
  const socket = new WebSocket(`${shopUrl.replace('http', 'ws')}/?token=${token}`, 'vite-hmr');
  await once(socket, 'open');
}

describe('a running demo', () => {
  it('says where everything is, keeps a second one away, and leaves nothing behind', async () => {
    const demo = await RunningDemo.start();
    try {
      const said = demo.output;
      assert.match(said, /^\n {2}The shop is open:/, 'nothing comes before the addresses');
      assert.match(said, /\n {2}The merchant API: {2}http:\S+\/api\/sbp\/v1\n/);
      const key = /Its key, .*: {2}(\S+)\n/.exec(said)![1]!;
      assert.match(said, /\n {2}Its reference: {2}http:\S+\/docs\n/);
      assert.match(said, /\n {2}Ctrl-C to stop\.\n/);
      const payments = await fetch(`${demo.companionUrl}/api/sbp/v1/payments`, {
        headers: { authorization: `Bearer ${key}` },
      });
      assert.equal(payments.status, 200);
      await openPage(demo.shopUrl);
      const port = new URL(demo.shopUrl).port;
      assert.match(refusal([], { DEMO_SHOP_PORT: port }), /^A demo runs already: .*SBP_DATABASE_URL=/s);
    } finally {
      await demo.stop();
    }
    for (const url of [demo.shopUrl, demo.companionUrl]) assert.ok(await isPortFree(url), url);
  });

  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    it(`ends with the npm that has started it, by ${signal}`, async () => {
      const npm = spawn('npm', ['run', 'dev'], {
        cwd: ROOT,
        env: { ...process.env, ...ports, SBP_DATABASE_URL: `file:${directory}/npm.sqlite` },
        stdio: ['ignore', 'pipe', 'pipe'],
        // A process group, because Ctrl-C signals a whole group.
        detached: true,
      });
      let output = '';
      for (const stream of [npm.stdout, npm.stderr]) stream.on('data', (chunk) => (output += String(chunk)));
      try {
        await until(() => {
          assert.equal(npm.exitCode, null, output);
          return output.includes('Ctrl-C');
        }, 'the start of the demo');
        if (signal === 'SIGINT') process.kill(-npm.pid!, signal);
        else npm.kill(signal);
        for (const port of Object.values(ports)) {
          await until(() => isPortFree(`http://127.0.0.1:${port}`), `the end of what listens on ${port}`);
        }
      } finally {
        try {
          process.kill(-npm.pid!, 'SIGKILL');
        } catch {
          // Expected: all processes of the group have ended.
        }
      }
    });
  }
});
