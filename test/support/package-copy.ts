import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const NOT_SOURCES = ['.git', 'node_modules', 'dist', 'data', 'coverage'];

/** The repository elsewhere, unbuilt: what is built and packed there is in nobody's way here. */
export class PackageCopy {
  readonly directory = mkdtempSync(join(tmpdir(), 'sbp-package-'));
  #shop: string | null = null;

  constructor() {
    const filter = (path: string) => !NOT_SOURCES.includes(basename(path));
    cpSync(ROOT, this.directory, { recursive: true, filter });
    symlinkSync(join(ROOT, 'node_modules'), join(this.directory, 'node_modules'), 'dir');
  }

  /** Packs as for a release, its `prepack` included, and installs the tarball in a folder with nothing else in it. */
  install(): string {
    // Apart from the copy, whose dependencies would be found from any folder in it.
    const shop = mkdtempSync(join(tmpdir(), 'sbp-installed-'));
    this.#shop = shop;
    npm(this.directory, ['pack', '--pack-destination', shop]);
    const tarball = readdirSync(shop).find((name) => name.endsWith('.tgz'))!;
    // Or npm would look for the shop's own in the folders above.
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

/** The npm that runs these tests. */
export function npmCommand(args: readonly string[]): [string, string[]] {
  const cli = process.env['npm_execpath'];
  if (cli === undefined) throw new Error('run the tests through npm');
  return [process.execPath, [cli, ...args]];
}

/** Under `npm exec -c` the outer npm hands its own command down to the inner ones. */
export function npmEnv(): NodeJS.ProcessEnv {
  return { ...process.env, npm_config_call: '' };
}
