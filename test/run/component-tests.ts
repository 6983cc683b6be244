import { relative } from 'node:path';
import { startTestRunner } from '@web/test-runner';
import type { Tools } from '../support/install-tools.ts';
import { endDescendants } from './process-tree.ts';
import { Progress } from './progress.ts';
import type { Count } from './test-file.ts';

type Runner = NonNullable<Awaited<ReturnType<typeof startTestRunner>>>;

/**
 * Runs the component tests in every installed engine. `files`: the files to run; `null` for all. `limitMs`: the time
 * for one file in one browser, ms. After it the browsers are ended and the run fails.
 */
export async function componentTests(
  files: readonly string[] | null,
  { engines, missingEngines }: Tools,
  limitMs: number,
): Promise<Count> {
  for (const name of missingEngines)
    console.log(`${name} is not installed: its component tests are skipped.`);
  process.env['TEST_ENGINES'] = engines.join(',');
  if (files) process.env['TEST_FILES'] = files.join(',');
  const runner = await startTestRunner({ autoExitProcess: false, readCliArgs: false });
  if (!runner) throw new Error('the component tests could not be started');
  await ended(runner, limitMs);

  const count = { passed: 0, failed: 0, skipped: missingEngines.length };
  for (const session of runner.sessions.all()) {
    const before = count.passed + count.failed;
    countTests(session.testResults, count);
    const brokenFile = session.errors.length > 0 || !session.passed;
    if (brokenFile && count.failed === 0) count.failed++;
    if (count.passed + count.failed === before) count.failed++;
  }
  return count;
}

/** Prints the progress until the run has ended. Ends the browsers and throws if no file finishes for `limitMs`. */
export async function ended(runner: Pick<Runner, 'sessions' | 'on'>, limitMs: number): Promise<void> {
  const sessions = [...runner.sessions.all()];
  const progress = new Progress('components', sessions.length, (text) => process.stdout.write(text));
  const finished = new Set<string>();
  let stalled: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      const wait = (): void => {
        clearTimeout(stalled);
        stalled = setTimeout(() => {
          endDescendants(process.pid);
          reject(new Error(`no file of component tests has ended for ${limitMs / 60_000} minutes`));
        }, limitMs);
      };
      wait();
      runner.sessions.on('session-status-updated', ({ id, testFile, browser, status, passed }) => {
        const name = `${relative(process.cwd(), testFile)} (${browser.name})`;
        if (status === 'STARTED') progress.begin(name);
        if (status !== 'FINISHED' || finished.has(id)) return;
        finished.add(id);
        progress.end(name, passed ? 'passed' : 'failed');
        wait();
      });
      runner.on('stopped', () => resolve());
    });
  } finally {
    clearTimeout(stalled);
    progress.close();
  }
}

interface Results {
  readonly tests: readonly { readonly passed: boolean; readonly skipped: boolean }[];
  readonly suites: readonly Results[];
}

function countTests(results: Results | undefined, count: Count): void {
  for (const test of results?.tests ?? []) {
    if (!test.skipped) count[test.passed ? 'passed' : 'failed']++;
  }
  for (const suite of results?.suites ?? []) countTests(suite, count);
}
