import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ENGINES } from './engines.ts';

type Command = readonly [string, ...string[]];

/** Makes sure that there is a browser to test in; throws with what to do when there is none to be had. */
export function ensureChromium(): void {
  if (ENGINES['chromium']!.find() !== null) return;
  const playwright = join(import.meta.dirname, '../../node_modules/playwright-core/cli.js');
  install('chromium', [...debian(['chromium']), [process.execPath, playwright, 'install', 'chromium']]);
  if (ENGINES['chromium']!.find() !== null) return;
  throw new Error('No Chromium could be installed: install Chrome or Chromium, or name one in CHROME_PATH.');
}

/** The engines that are here, or could be made to be: Chromium always, the others where they are to be had. */
export function ensureEngines(): { readonly found: readonly string[]; readonly missing: readonly string[] } {
  const names = Object.keys(ENGINES);
  for (const name of names) {
    const engine = ENGINES[name]!;
    if (engine.find() === null) install(name, debian(engine.packages));
  }
  const found = names.filter((name) => ENGINES[name]!.find() !== null);
  return { found, missing: names.filter((name) => !found.includes(name)) };
}

function install(name: string, ways: readonly Command[]): void {
  for (const [command, ...args] of ways) {
    console.log(`No ${name} found: ${[command, ...args].join(' ')}`);
    spawnSync(command, args, {
      stdio: ['ignore', 'ignore', 'inherit'],
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (ENGINES[name]!.find() !== null) return;
  }
}

/** Debian and its kin, as root: their own packages. */
function debian(packages: readonly string[]): Command[] {
  if (process.getuid?.() !== 0 || !works('apt-get', ['--version'])) return [];
  return [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', '--no-install-recommends', ...packages],
  ];
}

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
