import { closeSync, globSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';

export interface InstalledPackage {
  readonly name: string;
  readonly version: string;
  readonly license?: unknown;
  readonly scripts?: Readonly<Record<string, string>>;
  readonly gypfile?: boolean;
}

/** Returns every package that npm has installed below the directory, at any depth. */
export function installedPackages(directory: string): InstalledPackage[] {
  return globSync('**/node_modules/{*,@*/*}/package.json', { cwd: directory }).map(
    (file) => JSON.parse(readFileSync(join(directory, file), 'utf8')) as InstalledPackage,
  );
}

/** The first bytes of machine code: ELF, Mach-O (both word lengths, both byte orders, and universal files), PE. */
const MACHINE_CODE = /^(7f454c46|feedfac[ef]|c[ef]faedfe|cafebabe|4d5a)/;

/** Returns files with compiled code, and build files that would compile some. */
export function nativeFiles(directory: string): string[] {
  return globSync('node_modules/**/*', { cwd: directory, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name))
    .filter((file) => /\.(node|gyp)$/.test(file) || MACHINE_CODE.test(firstBytes(file)));
}

function firstBytes(file: string): string {
  const bytes = Buffer.alloc(4);
  const descriptor = openSync(file, 'r');
  readSync(descriptor, bytes);
  closeSync(descriptor);
  return bytes.toString('hex');
}
