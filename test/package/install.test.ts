import assert from 'node:assert/strict';
import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { after, before, describe, it } from 'node:test';
import { apiClient, API_KEY, freePort } from '../support/companion.ts';
import { installedPackages, nativeFiles, type InstalledPackage } from '../support/installed-tree.ts';
import { assertNoLeaks } from '../support/log-scan.ts';
import { npmCommand, npmEnv, PackageCopy } from '../support/package-copy.ts';
import { PATIENCE_MS } from '../support/patience.ts';

/** Licences that allow a shop to ship the code in a closed product. */
const FREE_TO_SHIP = ['MIT', 'ISC', 'BSD-2-Clause', 'BSD-3-Clause', 'Apache-2.0', '0BSD', 'BlueOak-1.0.0'];
const INSTALL_SCRIPTS = ['preinstall', 'install', 'postinstall'];

const copy = new PackageCopy();
let shop: string;
let packages: InstalledPackage[];

before(() => {
  shop = copy.install();
  packages = installedPackages(shop);
});
after(() => copy.remove());

/** Runs code like a shop's own script. */
function node(script: string): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: shop,
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  return { status, output: stdout + stderr };
}

describe('the package, installed without running anybody’s scripts', () => {
  it('can be imported in plain Node, does nothing there, and lets the process end', () => {
    for (const entry of [
      'sbp-checkout',
      'sbp-checkout/element',
      'sbp-checkout/webhooks',
      'sbp-checkout/companion',
    ]) {
      assert.deepEqual(node(`await import('${entry}')`), { status: 0, output: '' }, entry);
    }
  });

  it('offers under its names what the documentation says', () => {
    const script = `
      import { SbpCheckout } from 'sbp-checkout';
      import { SbpCheckout as same } from 'sbp-checkout/element';
      import { verifyWebhook, signWebhook } from 'sbp-checkout/webhooks';
      import { createCompanion, loadConfig } from 'sbp-checkout/companion';
      console.log([SbpCheckout === same, verifyWebhook, signWebhook, createCompanion, loadConfig].every(Boolean));`;
    assert.deepEqual(node(script), { status: 0, output: 'true\n' });
  });

  it('takes a payment with nothing but "npx sbp-checkout serve"', async (t) => {
    const port = await freePort();
    const [command, args] = npmCommand(['exec', '--no', '--', 'sbp-checkout', 'serve']);
    const child = spawn(command, args, {
      cwd: shop,
      // A process group, because npm and its shell may not pass a signal on.
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: {
        ...npmEnv(),
        NODE_ENV: 'development',
        SBP_PORT: String(port),
        SBP_API_KEY: API_KEY,
        SBP_BANKS_URL: 'http://127.0.0.1:9/no-banks.json',
      },
    });
    t.after(() => endGroup(child));
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => (output += String(chunk)));
    const url = `http://127.0.0.1:${port}`;
    const deadline = Date.now() + PATIENCE_MS;
    while (!(await fetch(`${url}/readyz`).catch(() => null))?.ok) {
      assert.ok(child.exitCode === null && Date.now() < deadline, `it did not start:\n${output}`);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const client = apiClient(url);
    const { payment_id, token } = await client.createPayment();
    assert.equal((await client.sandbox(payment_id, 'pay')).status, 200);
    const snapshot = (await (await client.checkout('/session', token)).json()) as { status: string };
    assert.equal(snapshot.status, 'paid');
    for (const path of ['/pay', '/pay.js', '/sbp-checkout.js', '/integrity.json']) {
      assert.equal((await fetch(url + path)).status, 200, path);
    }
    assertNoLeaks(output, [API_KEY]);
  });

  it('runs no script at its installation, and compiles nothing', () => {
    assert.ok(packages.length > 30, `only ${packages.length} packages were found`);
    const scripted = packages.filter(
      ({ scripts, gypfile }) => gypfile === true || INSTALL_SCRIPTS.some((name) => scripts?.[name]),
    );
    assert.deepEqual(
      scripted.map(({ name }) => name),
      [],
    );
    assert.deepEqual(nativeFiles(shop), []);
  });

  it('comes under licences that bind nobody', () => {
    const others = packages.filter(({ license }) => !FREE_TO_SHIP.includes(String(license)));
    assert.deepEqual(
      others.map(({ name, license }) => `${name}: ${String(license)}`),
      [],
    );
    // From version 2 on its licence is AGPL.
    const uaParser = packages.find(({ name }) => name === 'ua-parser-js');
    assert.match(uaParser?.version ?? '', /^1\./);
  });
});

async function endGroup(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exited = once(child, 'exit');
  process.kill(-child.pid!, 'SIGTERM');
  await exited;
}
