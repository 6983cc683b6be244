/**
 * `npm test`: finds or installs a browser, runs all suites and prints their totals.
 * `npm test -- unit` (or `components`, `e2e`, a folder, a file) runs a part of them.
 */
import { join } from 'node:path';
import { ArgumentError, readPlan, type Plan, type SuiteName } from './run/arguments.ts';
import { componentTests } from './run/component-tests.ts';
import { burn, loadOf } from './run/load.ts';
import { endDescendants } from './run/process-tree.ts';
import type { Count } from './run/test-file.ts';
import { fileLimitMs, runTestFiles } from './run/test-files.ts';
import { ensureTools, type Tools } from './support/install-tools.ts';

const root = join(import.meta.dirname, '..');
/** The number of files of one suite that run at the same time. They mostly wait for timers, servers and browsers. */
const CONCURRENCY = { unit: 2, e2e: 1 };
/**
 * The suites of one stage run at once. The browsers of component tests keep two cores busy; the tests of the other
 * suites mostly wait.
 */
const STAGES: readonly (readonly SuiteName[])[] = [['components'], ['unit', 'e2e']];

/** The result of one suite. */
interface SuiteResult extends Count {
  readonly name: SuiteName;
  readonly minutes: number;
}

async function runSuite(
  name: SuiteName,
  files: readonly string[],
  isWhole: boolean,
  tools: Tools,
): Promise<Count> {
  const limitMs = fileLimitMs(process.env);
  if (name === 'components') return componentTests(isWhole ? null : files, tools, limitMs);
  const paths = files.map((file) => join(root, file));
  const { failures, ...count } = await runTestFiles(name, paths, { concurrency: CONCURRENCY[name], limitMs });
  if (failures.length > 0) console.log(`Failed:\n${failures.map((failed) => `  ${failed}\n`).join('')}`);
  return count;
}

async function timeSuite(name: SuiteName, run: () => Promise<Count>): Promise<SuiteResult> {
  const since = performance.now();
  const count = await run().catch((error: unknown): Count => {
    console.error(error);
    return { passed: 0, failed: 1, skipped: 0 };
  });
  return { name, ...count, minutes: (performance.now() - since) / 60_000 };
}

async function main(plan: Plan, isWhole: (name: SuiteName) => boolean): Promise<void> {
  const tools = ensureTools([...plan.keys()]);
  const busy = loadOf(process.env);
  if (busy > 0) console.log(`Beside the tests run ${busy} busy processes (TEST_LOAD).`);
  const relieve = burn(busy);
  const results: SuiteResult[] = [];
  for (const names of STAGES) {
    const stage = names.flatMap((name) => {
      const files = plan.get(name);
      return files ? [timeSuite(name, () => runSuite(name, files, isWhole(name), tools))] : [];
    });
    results.push(...(await Promise.all(stage)));
  }
  relieve();
  const total = { passed: 0, failed: 0, skipped: 0 };
  console.log();
  for (const { name, passed, failed, skipped, minutes } of results) {
    console.log(`${name}: ${passed} passed, ${failed} failed, ${minutes.toFixed(1)} min`);
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  process.exit(total.failed === 0 ? 0 : 1);
}

// Ends browsers that their runner could not end, and the busy processes.
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
