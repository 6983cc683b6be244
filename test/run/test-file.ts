import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { endGroup, endTree } from './process-tree.ts';

export interface Count {
  passed: number;
  failed: number;
  /** Tests that need something that this machine lacks. Each one names what is missing. */
  skipped: number;
}

export interface FileResult extends Count {
  readonly output: string;
  readonly seconds: number;
}

const REPORTER = join(import.meta.dirname, 'count-reporter.ts');
/** Time to read the last output of a file's processes. */
const LAST_WORDS_MS = 1_000;

const running = new Set<ChildProcess>();

/** Ends all test processes when this process ends for any reason. */
for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
] as const) {
  process.on(signal, () => process.exit(code));
}
process.on('exit', () => {
  for (const { pid } of running) if (pid !== undefined) endTree(pid);
});

/**
 * Runs a test file in its own process group. Kills it and counts a failure when `limit` is aborted. Afterwards kills
 * every process that the file has left, even if the file ended in time.
 */
export async function runTestFile(file: string, limit: AbortSignal): Promise<FileResult> {
  const directory = mkdtempSync(join(tmpdir(), 'sbp-test-run-'));
  const counts = join(directory, 'counts');
  const since = performance.now();
  const child = spawn(
    process.execPath,
    [
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${REPORTER}`,
      `--test-reporter-destination=${counts}`,
      file,
    ],
    { detached: true, stdio: ['ignore', 'pipe', 'pipe'], env: environment() },
  );
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => (output += text));
  }
  const closed = once(child, 'close');
  const end = (): void => {
    output += `\n✖ ended after ${((performance.now() - since) / 60_000).toFixed(1)} minutes: it did not come to its end\n`;
    endTree(child.pid!);
  };
  limit.addEventListener('abort', end);
  const [code] = (await once(child, 'exit')) as [number | null];
  limit.removeEventListener('abort', end);
  running.delete(child);
  // A process left by the file would also keep its output open.
  endGroup(child.pid!);
  await Promise.race([closed, wait(LAST_WORDS_MS)]);
  const count = read(counts);
  rmSync(directory, { recursive: true, force: true });
  // The file did not load, was killed, or contains no test.
  const broken = code !== 0 || count.passed + count.failed + count.skipped === 0;
  if (broken && count.failed === 0) count.failed++;
  return { ...count, output, seconds: (performance.now() - since) / 1_000 };
}

function read(file: string): Count {
  let letters = '';
  try {
    letters = readFileSync(file, 'utf8');
  } catch {
    // The file ended before its first test.
  }
  const of = (letter: string): number => letters.split(letter).length - 1;
  return { passed: of('p'), failed: of('f'), skipped: of('s') };
}

function environment(): NodeJS.ProcessEnv {
  const colors = process.stdout.isTTY ? { FORCE_COLOR: '1' } : {};
  // Node sets this variable when this run is itself part of a test.
  return { ...colors, ...process.env, NODE_TEST_CONTEXT: undefined };
}
