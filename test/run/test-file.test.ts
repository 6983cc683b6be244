import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { until } from '../support/until.ts';
import { runTestFile } from './test-file.ts';
import { fileLimitMs, runTestFiles } from './test-files.ts';

const NEVER = new AbortController().signal;
const TEST = `import { describe, it, before } from 'node:test';\n`;
/** A program that starts a process that never ends by itself, and writes the id of that process into a file. */
const CHILD = `import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'inherit', detached: DETACHED });
child.unref();
writeFileSync(import.meta.filename + '.pid', String(child.pid));\n`;

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbp-run-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

function file(name: string, text: string): string {
  const path = join(directory, `${name}.test.mjs`);
  writeFileSync(path, text);
  return path;
}

/** Returns true if the process that the file has started still runs. */
function childLives(path: string): boolean {
  const pid = Number(readFileSync(`${path}.pid`, 'utf8'));
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  // A zombie still accepts signals: it has ended, and only its parent has not asked for its exit code.
  return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
}

describe('a file of tests', () => {
  it('is counted by its tests', async () => {
    const path = file(
      'counted',
      `${TEST}describe('outer', () => { describe('inner', () => { it('one', () => {}); it('two', () => { throw new Error('no'); }); });
      it('three', { skip: 'not here' }, () => {}); it('four', () => {}); });`,
    );
    const { passed, failed, skipped, output } = await runTestFile(path, NEVER);
    assert.deepEqual({ passed, failed, skipped }, { passed: 2, failed: 1, skipped: 1 });
    assert.match(output, /Error: no/);
  });

  for (const [what, text] of [
    ['does not load', `import './nowhere.mjs';`],
    ['has no test in it', ''],
    ['ends itself', `${TEST}it('one', () => process.exit(3));`],
    [
      'has a hook that fails',
      `${TEST}describe('all', () => { before(() => { throw new Error('no'); }); it('one', () => {}); });`,
    ],
  ] as const) {
    it(`has failed when it ${what}`, async () => {
      const { failed } = await runTestFile(file(what.replaceAll(' ', '-'), text), NEVER);
      assert.ok(failed > 0);
    });
  }

  for (const detached of [false, true]) {
    it(`is ended with ${detached ? 'a group that it has made' : 'what it has started'} when it hangs`, async () => {
      const hang = `${TEST}${CHILD}it('one', () => {}); it('two', () => new Promise((resolve) => setTimeout(resolve, 2 ** 31 - 1)));`;
      const path = file(`hangs-${detached}`, hang.replace('DETACHED', String(detached)));
      const limit = new AbortController();
      const run = runTestFile(path, limit.signal);
      await until(() => existsSync(`${path}.pid`) && childLives(path), 'its child');
      limit.abort();
      const { failed, output } = await run;
      assert.equal(failed, 1);
      assert.match(output, /did not come to its end/);
      await until(() => !childLives(path), 'the end of its child');
    });
  }

  it('that comes to its end leaves nothing behind', async () => {
    const path = file('leaves', `${TEST}${CHILD}it('one', () => {});`.replace('DETACHED', 'false'));
    const { passed, failed } = await runTestFile(path, NEVER);
    assert.deepEqual({ passed, failed }, { passed: 1, failed: 0 });
    await until(() => !childLives(path), 'the end of its child');
  });
});

describe('files of tests', () => {
  it('are told of one by one, and those that failed by their names', async () => {
    const good = file('good', `${TEST}it('one', () => {}); it('two', () => {});`);
    const bad = file('bad', `${TEST}it('one', () => { throw new Error('no'); });`);
    const said: string[] = [];
    const run = await runTestFiles('unit', [good, bad], { concurrency: 1, limitMs: 600_000 }, (text) =>
      said.push(text),
    );
    assert.deepEqual({ passed: run.passed, failed: run.failed }, { passed: 2, failed: 1 });
    assert.match(said[0]!, /\[unit 1 of 2 files\] \S*good\.test\.mjs: 2 passed, \d/);
    assert.match(said[1]!, /\[unit 2 of 2 files\] \S*bad\.test\.mjs: 0 passed, 1 failed, \d/);
    assert.match(run.failures.join(), /^\S*bad\.test\.mjs$/);
  });

  it('have half an hour each, or what is set', () => {
    assert.equal(fileLimitMs({}), 30 * 60_000);
    assert.equal(fileLimitMs({ TEST_FILE_MINUTES: '600' }), 600 * 60_000);
    for (const minutes of ['0', '-1', 'long'])
      assert.throws(() => fileLimitMs({ TEST_FILE_MINUTES: minutes }));
  });
});
