/**
 * `npm test`: finds or installs a browser, runs every suite and closes with what they counted.
 * `node test/run.ts unit` (or `components`, `e2e`) runs one of them.
 */
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { startTestRunner } from '@web/test-runner';
import type { Count } from './run/test-file.ts';
import { fileLimitMs, runTestFiles } from './run/test-files.ts';
import { ensureChromium, ensureEngines } from './support/install-browser.ts';

const root = join(import.meta.dirname, '..');

const SUITES: Record<string, () => Promise<Count>> = {
  unit: () => nodeTests('test/{build,protocol,companion,demo,package,run,support}/**/*.test.ts', 2),
  components: () => componentTests(),
  // One at a time: each file drives browsers, and some measure.
  e2e: () => nodeTests('test/e2e/**/*.test.ts', 1),
};

async function nodeTests(pattern: string, concurrency: number): Promise<Count> {
  const files = globSync(pattern, { cwd: root })
    .map((file) => join(root, file))
    .sort();
  if (files.length === 0) throw new Error(`no test was found at ${pattern}`);
  const { failures, ...count } = await runTestFiles(files, {
    concurrency,
    limitMs: fileLimitMs(process.env),
  });
  if (failures.length > 0) console.log(`Failed:\n${failures.map((name) => `  ${name}\n`).join('')}`);
  return count;
}

async function componentTests(): Promise<Count> {
  const { found, missing } = ensureEngines();
  for (const name of missing) console.log(`There is no ${name} here: its component tests are skipped.`);
  process.env['TEST_ENGINES'] = found.join(',');
  const runner = await startTestRunner({ autoExitProcess: false, readCliArgs: false });
  if (!runner) throw new Error('the component tests could not be started');
  await new Promise((resolve) => runner.on('stopped', resolve));

  const count = { passed: 0, failed: 0, skipped: missing.length };
  for (const session of runner.sessions.all()) {
    const before = count.passed + count.failed;
    countTests(session.testResults, count);
    const brokenFile = session.errors.length > 0 || !session.passed;
    if (brokenFile && count.failed === 0) count.failed++;
    if (count.passed + count.failed === before) count.failed++;
  }
  return count;
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

async function main(names: readonly string[]): Promise<void> {
  ensureChromium();
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  for (const name of names) {
    console.log(`\n— ${name} —`);
    let count: Count;
    try {
      count = await SUITES[name]!();
    } catch (error) {
      console.error(error);
      count = { passed: 0, failed: 1, skipped: 0 };
    }
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    lines.push(`${name}: ${count.passed} passed, ${count.failed} failed`);
  }
  console.log(
    `\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
  );
  process.exit(total.failed === 0 ? 0 : 1);
}

const asked = process.argv.slice(2);
const unknown = asked.filter((name) => !(name in SUITES));
if (unknown.length > 0) {
  console.error(`No suite "${unknown.join('", "')}": there are ${Object.keys(SUITES).join(', ')}.`);
  process.exit(2);
}
await main(asked.length > 0 ? asked : Object.keys(SUITES));
