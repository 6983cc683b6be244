import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { PATIENCE_MS } from '../../support/patience.ts';

const HOST = join(import.meta.dirname, '../../support/closing-host.ts');

/** Runs a host process until it ends. Returns its exit code, the signal if it had to be killed, and its output. */
async function ending(way: string): Promise<{ code: number | null; signal: string | null; said: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'sbp-closing-'));
  const host = spawn(process.execPath, [HOST, folder, way], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let deadline = setTimeout(() => host.kill('SIGKILL'), 4 * PATIENCE_MS);
  host.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
    if (!said.includes('closed')) return;
    clearTimeout(deadline);
    deadline = setTimeout(() => host.kill('SIGKILL'), PATIENCE_MS);
  });
  host.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const [code, signal] = (await once(host, 'close')) as [number | null, string | null];
  clearTimeout(deadline);
  await rm(folder, { recursive: true, force: true });
  return { code, signal, said };
}

describe('a process whose companion was closed', () => {
  for (const way of [
    'bare',
    'twice',
    'listening',
    'plugin',
    'plugin before it is ready',
    'plugin, and the companion too',
    'express',
    'a request after the end',
  ]) {
    it(`ends by itself: ${way}`, async () => {
      const { code, signal, said } = await ending(way);
      assert.deepEqual([code, signal], [0, null], said);
      assert.match(said, /closed/);
    });
  }
});
