import { createHash } from 'node:crypto';
import { readElementBuild, type ElementBuild } from '../http/pages/element-build.ts';
import { CommandError } from './command-error.ts';

const TIMEOUT_MS = 30_000;

/**
 * Compares the element files that an address serves with those of this package, byte for byte. Throws a
 * {@link CommandError} that lists each difference.
 */
export async function integrity(address: string): Promise<void> {
  if (!/^https?:$/.test(URL.parse(address)?.protocol ?? '')) {
    throw new CommandError(`"${address}" must be an http(s) address, such as https://pay.example.ru`);
  }
  const build = await readElementBuild();
  if (build === null) throw new CommandError('The element is not built: run "npm run build" first.');
  const { same, differences } = await compareElement(build, address);
  const [problem, ...others] = new Set(differences.map((line) => line.slice(line.indexOf(': ') + 2)));
  if (same === 0 && others.length === 0) {
    throw new CommandError(`Nothing to compare at ${address}: each file ${problem}`);
  }
  if (differences.length > 0) {
    throw new CommandError(
      `Not what this package holds:\n${differences.map((line) => `  ${line}\n`).join('')}`,
    );
  }
  process.stdout.write(`${address} serves this package's element: ${same} files are the same.\n`);
}

/** Returns the number of equal files and the differences. `address`: of a companion, with or without a path. */
export async function compareElement(
  { integrity: hashes, published, pinnedPath }: Omit<ElementBuild, 'read'>,
  address: string,
): Promise<{ same: number; differences: string[] }> {
  const base = address.endsWith('/') ? address : `${address}/`;
  const expected: [path: string, hash: string][] = [['integrity.json', hashOf(published)]];
  for (const [name, hash] of Object.entries(hashes)) {
    expected.push([name, hash], [`${pinnedPath.slice(1)}/${name}`, hash]);
  }
  const differences: string[] = [];
  for (const [path, hash] of expected) {
    const problem = await differenceOf(new URL(path, base), hash);
    if (problem !== null) differences.push(`${path}: ${problem}`);
  }
  return { same: expected.length - differences.length, differences };
}

async function differenceOf(url: URL, hash: string): Promise<string | null> {
  let response: Response;
  try {
    // A page must get the bytes at exactly this address, so a redirect is a failure.
    response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(TIMEOUT_MS) });
    if (!response.ok) return `answered ${response.status}`;
    const found = hashOf(new Uint8Array(await response.arrayBuffer()));
    return found === hash ? null : `is ${found}, and not ${hash}`;
  } catch (error) {
    const { cause, message } = error as Error;
    return `could not be read: ${cause instanceof Error ? cause.message : message}`;
  }
}

function hashOf(bytes: Uint8Array): string {
  return `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
}
