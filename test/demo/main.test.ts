import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { openStore } from '../../src/companion/store/store.ts';
import { PATIENCE_MS } from '../support/patience.ts';

const MAIN = join(import.meta.dirname, '../../demo/main.ts');

/** What a demo says that does not start. */
function refusal(args: readonly string[], env: Readonly<Record<string, string>> = {}): string {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    encoding: 'utf8',
    timeout: PATIENCE_MS,
  });
  assert.equal(status, 1);
  assert.equal(stderr.includes('    at '), false, stderr);
  return stderr;
}

describe('a demo that cannot start', () => {
  it('says so without a stack trace when one runs already', async () => {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-demo-'));
    const file = join(directory, 'demo.sqlite');
    const store = await openStore(file);
    try {
      assert.match(refusal([], { SBP_DATABASE_URL: `file:${file}` }), /in use by another/);
    } finally {
      await store.close();
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it('names the mistake in its options and settings', () => {
    assert.match(refusal(['--provider', 'nobody']), /^--provider takes freepayment, .*not "nobody"/);
    assert.match(refusal(['--bogus']), /--bogus/);
    assert.match(refusal([], { SBP_PORT: 'abc' }), /SBP_PORT must be a port number/);
  });
});
