import { existsSync, globSync, statSync } from 'node:fs';
import { relative, resolve } from 'node:path';

/** The suites and their files. Files that run in a browser belong to `components`. */
export const SUITES = {
  unit: ['test/{protocol,webhooks,companion,conformance,demo,build,package,run,support}/**/*.test.ts'],
  components: ['test/widget/**/*.test.ts'],
  // Each file starts browsers, and some files measure time.
  e2e: ['test/e2e/**/*.test.ts'],
} as const;

export type SuiteName = keyof typeof SUITES;

/** The files to run by suite, in the order of the suites. */
export type Plan = ReadonlyMap<SuiteName, readonly string[]>;

/** Thrown for a wrong argument of `npm test`. The message names the mistake and the valid arguments. */
export class ArgumentError extends Error {
  override readonly name = 'ArgumentError';
}

const NAMES = Object.keys(SUITES) as SuiteName[];

/**
 * Reads the arguments of `npm test`: names of suites, folders and test files. Without arguments, all suites. Paths are
 * relative to `root`.
 */
export function readPlan(args: readonly string[], root: string): Plan {
  const suites = new Map(NAMES.map((name) => [name, filesOf(name, root)]));
  if (args.length === 0) return suites;
  const asked = new Set(
    args.flatMap((arg) => (isSuite(arg) ? suites.get(arg)! : filesAt(arg, suites, root))),
  );
  const plan = NAMES.map((name) => [name, suites.get(name)!.filter((file) => asked.has(file))] as const);
  return new Map(plan.filter(([, files]) => files.length > 0));
}

function filesAt(arg: string, suites: ReadonlyMap<SuiteName, readonly string[]>, root: string): string[] {
  const path = resolve(root, arg);
  if (arg.startsWith('-')) {
    throw new ArgumentError(`npm test takes no option ${arg}. It takes ${WHAT_IT_TAKES}.`);
  }
  if (!existsSync(path)) {
    throw new ArgumentError(`There is no ${arg}: npm test takes ${WHAT_IT_TAKES}.`);
  }
  const name = relative(root, path);
  const files = [...suites.values()].flat();
  const found = statSync(path).isDirectory()
    ? files.filter((file) => file.startsWith(`${name}/`))
    : files.filter((file) => file === name);
  if (found.length > 0) return found;
  const what = statSync(path).isDirectory()
    ? 'no tests below it'
    : 'no tests in it (their names end in .test.ts)';
  throw new ArgumentError(`${arg} has ${what}: npm test takes ${WHAT_IT_TAKES}.`);
}

const WHAT_IT_TAKES = `a suite (${NAMES.join(', ')}), a folder such as test/demo, or a file such as test/demo/main.test.ts`;

function isSuite(name: string): name is SuiteName {
  return name in SUITES;
}

function filesOf(name: SuiteName, root: string): string[] {
  return globSync([...SUITES[name]], { cwd: root }).sort();
}
