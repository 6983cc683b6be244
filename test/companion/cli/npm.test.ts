import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { freePort, testEnv } from '../../support/companion.ts';
import { until } from '../../support/until.ts';

const root = join(import.meta.dirname, '../../..');

function answers(port: number): Promise<boolean> {
  return fetch(`http://127.0.0.1:${port}/healthz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

it('a companion that npm has started ends in order with it, although npm passes no signal on', async (t) => {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-npm-'));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const port = await freePort();
  // Skips the build that npm would run first: it is not the subject of this test.
  const npm = spawn('npm', ['start', '--ignore-scripts'], {
    cwd: root,
    env: { ...process.env, ...testEnv(port, directory), SBP_LOG_LEVEL: 'info' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  npm.stdout.on('data', (chunk) => (output += String(chunk)));
  await until(() => answers(port), 'the companion');
  npm.kill('SIGTERM');
  await until(() => output.includes('shutting down'), 'the end of service');
  await until(async () => !(await answers(port)), 'silence');
});
