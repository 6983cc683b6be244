import { relative } from 'node:path';
import { Progress } from './progress.ts';
import { runTestFile, type Count, type FileResult } from './test-file.ts';

export interface Run extends Count {
  /** The names of the failed files. */
  readonly failures: readonly string[];
}

/**
 * Returns the time limit for one file in ms. Variables such as `KILL_ROUNDS` make some files long; set
 * `TEST_FILE_MINUTES` for them.
 */
export function fileLimitMs(env: Readonly<Record<string, string | undefined>>): number {
  const minutes = Number(env['TEST_FILE_MINUTES'] ?? 30);
  if (!(minutes > 0)) throw new Error('TEST_FILE_MINUTES is a number of minutes');
  return minutes * 60_000;
}

/** Runs the test files of a suite, `concurrency` at the same time, and prints the progress. */
export async function runTestFiles(
  suite: string,
  files: readonly string[],
  { concurrency, limitMs }: { readonly concurrency: number; readonly limitMs: number },
  say: (text: string) => void = (text) => process.stdout.write(text),
): Promise<Run> {
  const left = [...files];
  const run = { passed: 0, failed: 0, skipped: 0, failures: [] as string[] };
  const progress = new Progress(suite, files.length, say);
  async function worker(): Promise<void> {
    for (let file = left.shift(); file !== undefined; file = left.shift()) {
      const name = relative(process.cwd(), file);
      progress.begin(name);
      const result = await runTestFile(file, AbortSignal.timeout(limitMs));
      progress.end(name, inWords(result), result.output);
      run.passed += result.passed;
      run.failed += result.failed;
      run.skipped += result.skipped;
      if (result.failed > 0) run.failures.push(name);
    }
  }
  await Promise.all(Array.from({ length: concurrency }, worker));
  progress.close();
  return run;
}

function inWords({ passed, failed, skipped, seconds }: FileResult): string {
  const others = `${failed > 0 ? `, ${failed} failed` : ''}${skipped > 0 ? `, ${skipped} skipped` : ''}`;
  return `${passed} passed${others}, ${seconds.toFixed(1)} s`;
}
