import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { until } from '../support/until.ts';
import { loadOf } from './load.ts';

const LOAD = join(import.meta.dirname, 'load.ts');

/** Returns false for a zombie process as well: it has ended, and only its parent has not asked for its exit code. */
function isRunning(pid: number): boolean {
  const { stdout } = spawnSync('ps', ['-o', 'stat=', '-p', String(pid)], { encoding: 'utf8' });
  return stdout.trim() !== '' && !stdout.startsWith('Z');
}

describe('busy processes beside the tests', () => {
  it('are as many as are wanted, and not without end', () => {
    assert.equal(loadOf({}), 0);
    assert.equal(loadOf({ TEST_LOAD: '10' }), 10);
    for (const wrong of ['-1', '1.5', 'many', '33'])
      assert.throws(() => loadOf({ TEST_LOAD: wrong }), /TEST_LOAD/);
  });

  it('end with the process that has started them, however that ends', async () => {
    const script = `import { burn } from ${JSON.stringify(LOAD)}; burn(2); setInterval(() => {}, 1000);`;
    const parent = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let trouble = '';
    parent.stderr.on('data', (chunk) => (trouble += String(chunk)));
    const children = () =>
      spawnSync('ps', ['-o', 'pid=', '--ppid', String(parent.pid)], { encoding: 'utf8' })
        .stdout.split('\n')
        .filter((line) => line.trim() !== '')
        .map(Number);
    let busy: number[] = [];
    try {
      await until(() => {
        assert.deepEqual([parent.exitCode, parent.signalCode], [null, null], trouble);
        return (busy = children()).length === 2;
      }, 'two busy processes');
    } finally {
      parent.kill('SIGKILL');
    }
    await until(() => busy.every((pid) => !isRunning(pid)), 'their end');
  });
});
