import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PackageCopy } from './package-copy.ts';

const ROOT = join(import.meta.dirname, '../..');
const VITE = join(ROOT, 'node_modules/vite/bin/vite.js');

/** The built element of another release: the same sources with one changed text, so its build differs. */
export class OtherVersion {
  readonly #copy = new PackageCopy();

  constructor() {
    const file = join(this.#copy.directory, 'src/widget/locales/screens.ts');
    const source = readFileSync(file, 'utf8');
    const changed = source.replace('Оплачено', 'Оплачено другой версией');
    if (changed === source) throw new Error('the text to change is not there');
    writeFileSync(file, changed);
    const { status, stderr } = spawnSync(process.execPath, [VITE, 'build', '--logLevel', 'warn'], {
      cwd: this.#copy.directory,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(stderr);
  }

  /** Returns a built file; `null` if it does not exist. */
  read(name: string): Buffer | null {
    return builtFile(join(this.#copy.directory, 'dist/cdn'), name);
  }

  remove(): void {
    this.#copy.remove();
  }
}

/** Returns a file of the build under test, for a page that serves its own copy. `null` if it does not exist. */
export function thisVersion(name: string): Buffer | null {
  return builtFile(join(ROOT, 'dist/cdn'), name);
}

function builtFile(folder: string, name: string): Buffer | null {
  const file = join(folder, name);
  return existsSync(file) ? readFileSync(file) : null;
}
