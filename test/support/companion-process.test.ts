import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { CompanionProcess } from './companion-process.ts';
import { until } from './until.ts';

let directory: string;
before(() => {
  directory = mkdtempSync(join(tmpdir(), 'sbp-fake-'));
});
after(() => rmSync(directory, { recursive: true, force: true }));

/** Writes a program to run in place of the companion. It first prints its process id and the path of its data. */
function program(name: string, rest: string): string {
  const path = join(directory, `${name}.mjs`);
  const said = `import { writeFileSync } from 'node:fs';
writeFileSync(${JSON.stringify(`${path}.json`)}, JSON.stringify({ pid: process.pid, data: process.env.SBP_DATABASE_URL }));`;
  writeFileSync(path, `${said}\n${rest}\n`);
  return path;
}

function saidBy(path: string): { pid: number; data: string } {
  return JSON.parse(readFileSync(`${path}.json`, 'utf8')) as { pid: number; data: string };
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('a companion that does not start', () => {
  it('is ended when it answers nobody, and its data is gone', async () => {
    const path = program('silent', `console.log('here I am'); setInterval(() => {}, 1000);`);
    // Long enough for a process to start on a busy machine: the error must contain its output.
    await assert.rejects(CompanionProcess.start({}, path, 10_000), /did not start:\n(here I am)?/);
    const { pid, data } = saidBy(path);
    await until(() => !lives(pid), 'its end');
    assert.equal(existsSync(dirname(data.slice('file:'.length))), false);
  });

  it('is reported with its last words when it ends by itself', async () => {
    const path = program('ends', `console.error('no, thank you'); process.exit(1);`);
    await assert.rejects(CompanionProcess.start({}, path), /did not start:\n[^]*no, thank you/);
  });
});
