/**
 * `npm test`: finds or installs a browser, runs every suite and closes with what they counted.
 * `npm test -- unit` (or `components`, `e2e`, a folder, a file) runs a part of them.
 */
import { join } from 'node:path';
import { ArgumentError, readPlan, type Plan, type SuiteName } from './run/arguments.ts';
import { componentTests } from './run/component-tests.ts';
import { burn, loadOf } from './run/load.ts';
import { endDescendants } from './run/process-tree.ts';
import type { Count } from './run/test-file.ts';
import { fileLimitMs, runTestFiles } from './run/test-files.ts';
import { ensureChromium } from './support/install-browser.ts';

const root = join(import.meta.dirname, '..');
/** Files of one suite that run at a time. Those of e2e drive browsers, and some measure. */
const CONCURRENCY = { unit: 2, e2e: 1 };

async function runSuite(name: SuiteName, files: readonly string[], isWhole: boolean): Promise<Count> {
  const limitMs = fileLimitMs(process.env);
  if (name === 'components') return componentTests(isWhole ? null : files, limitMs);
  const paths = files.map((file) => join(root, file));
  const { failures, ...count } = await runTestFiles(paths, { concurrency: CONCURRENCY[name], limitMs });
  if (failures.length > 0) console.log(`Failed:\n${failures.map((failed) => `  ${failed}\n`).join('')}`);
  return count;
}

async function main(plan: Plan, isWhole: (name: SuiteName) => boolean): Promise<void> {
  ensureChromium();
  const busy = loadOf(process.env);
  if (busy > 0) console.log(`Beside the tests run ${busy} busy processes (TEST_LOAD).`);
  const relieve = burn(busy);
  const total = { passed: 0, failed: 0, skipped: 0 };
  const lines: string[] = [];
  for (const [name, files] of plan) {
    console.log(`\n— ${name} —`);
    let count: Count;
    try {
      count = await runSuite(name, files, isWhole(name));
    } catch (error) {
      console.error(error);
      count = { passed: 0, failed: 1, skipped: 0 };
    }
    total.passed += count.passed;
    total.failed += count.failed;
    total.skipped += count.skipped;
    lines.push(`${name}: ${count.passed} passed, ${count.failed} failed`);
  }
  relieve();
  console.log(
    `\n${lines.join('\n')}\n\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`,
  );
  process.exit(total.failed === 0 ? 0 : 1);
}

// A browser that its runner could not end, and the busy processes.
process.on('exit', () => endDescendants(process.pid));
try {
  const all = readPlan([], root);
  const plan = readPlan(process.argv.slice(2), root);
  await main(plan, (name) => plan.get(name)!.length === all.get(name)!.length);
} catch (error) {
  if (!(error instanceof ArgumentError)) throw error;
  console.error(error.message);
  process.exit(2);
}
