import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';

const ROOT = join(import.meta.dirname, '../../..');
const CLI = join(ROOT, 'src/companion/cli/main.ts');
const { engines } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  engines: { node: string };
};

const PLACES = ['/usr/bin/node', '/usr/local/bin/node', '/opt/node/bin/node'];

/** Runs the CLI in a Node that reports this version. */
function pretending(version: string) {
  const versions = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '${version}' } });`;
  const preload = `data:text/javascript,${encodeURIComponent(versions)}`;
  return spawnSync(process.execPath, ['--import', preload, CLI, '--help'], { encoding: 'utf8' });
}

describe('the command on a Node that is too old', () => {
  it('says which one is needed, and which one runs', () => {
    const needed = engines.node.replace('>=', '');
    for (const version of ['12.22.12', '18.20.8', '20.20.2', '22.12.0']) {
      const { status, stdout, stderr } = pretending(version);
      assert.deepEqual([status, stdout], [1, ''], version);
      assert.equal(
        stderr,
        `sbp-checkout needs Node.js ${needed} or newer. This is Node.js ${version}, ${process.execPath}\n`,
      );
    }
    for (const version of [`${needed}.0`, '22.20.0', '23.0.0', '24.21.0']) {
      const { status, stdout, stderr } = pretending(version);
      assert.deepEqual([status, stderr], [0, ''], version);
      assert.match(stdout, /^Usage: /);
    }
  });

  it('is read by one that is', (t) => {
    const old = PLACES.find((place) => {
      if (!existsSync(place)) return false;
      const { stdout } = spawnSync(place, ['-p', 'process.versions.node'], { encoding: 'utf8' });
      return Number(stdout.split('.')[0]) < 22;
    });
    if (old === undefined) {
      t.skip('no old Node on this machine');
      return;
    }
    const directory = mkdtempSync(join(tmpdir(), 'sbp-old-node-'));
    try {
      writeFileSync(join(directory, 'package.json'), '{"type":"module"}');
      writeFileSync(join(directory, 'cli.js'), stripTypeScriptTypes(readFileSync(CLI, 'utf8')));
      const { status, stderr } = spawnSync(old, [join(directory, 'cli.js'), 'serve'], { encoding: 'utf8' });
      assert.equal(status, 1);
      assert.match(
        stderr,
        /^sbp-checkout needs Node\.js [\d.]+ or newer\. This is Node\.js [\d.]+, [^\n]+\n$/,
      );
    } finally {
      rmSync(directory, { recursive: true });
    }
  });
});
