import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const NOT_SOURCES = ['.git', 'node_modules', 'dist', 'data', 'coverage'];

/** An unbuilt copy of the repository. Builds in it do not disturb other tests. */
export class PackageCopy {
  readonly directory = mkdtempSync(join(tmpdir(), 'sbp-package-'));
  #shop: string | null = null;

  constructor() {
    const filter = (path: string) => !NOT_SOURCES.includes(basename(path));
    cpSync(ROOT, this.directory, { recursive: true, filter });
    symlinkSync(join(ROOT, 'node_modules'), join(this.directory, 'node_modules'), 'dir');
  }

  /** Packs like a release, including `prepack`, and installs the tarball in an empty folder. Returns the folder. */
  install(): string {
    // Outside the copy, because Node would find the copy's dependencies from any folder in it.
    const shop = mkdtempSync(join(tmpdir(), 'sbp-installed-'));
    this.#shop = shop;
    npm(this.directory, ['pack', '--pack-destination', shop]);
    const tarball = readdirSync(shop).find((name) => name.endsWith('.tgz'))!;
    // Without this file npm would look for a package.json in the parent folders.
    writeFileSync(join(shop, 'package.json'), '{"private":true}');
    const quietly = ['--prefer-offline', '--no-audit', '--no-fund'];
    npm(shop, ['install', `./${tarball}`, '--ignore-scripts', '--omit=dev', ...quietly]);
    return shop;
  }

  remove(): void {
    for (const directory of [this.directory, this.#shop]) {
      if (directory === null) continue;
      rmSync(directory, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
    }
  }
}

function npm(cwd: string, args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(...npmCommand(args), { cwd, env: npmEnv(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`npm ${args.join(' ')}:\n${stdout}${stderr}`);
}

/** Returns the command of the npm that runs these tests. */
export function npmCommand(args: readonly string[]): [string, string[]] {
  const cli = process.env['npm_execpath'];
  if (cli === undefined) throw new Error('run the tests through npm');
  return [process.execPath, [cli, ...args]];
}

/** Clears the command of an outer `npm exec -c`, which npm would pass on to inner npm calls. */
export function npmEnv(): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_call: '' };
}
