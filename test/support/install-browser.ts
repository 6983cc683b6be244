import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { findChromium } from './browser.ts';

type Command = readonly [string, ...string[]];

/** Makes sure that there is a browser to test in; throws with what to do when there is none to be had. */
export function ensureChromium(): void {
  if (findChromium() !== null) return;
  for (const [command, ...args] of ways()) {
    console.log(`No Chromium found: ${[command, ...args].join(' ')}`);
    spawnSync(command, args, {
      stdio: 'inherit',
      env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
    });
    if (findChromium() !== null) return;
  }
  throw new Error('No Chromium could be installed: install Chrome or Chromium, or name one in CHROME_PATH.');
}

/** Debian and its kin, as root: their own package. Elsewhere: the build that Playwright downloads. */
function ways(): Command[] {
  const apt: Command[] = [
    ['apt-get', 'update', '-qq'],
    ['apt-get', 'install', '-y', '-qq', 'chromium'],
  ];
  const playwright = join(import.meta.dirname, '../../node_modules/playwright-core/cli.js');
  return [
    ...(process.getuid?.() === 0 && works('apt-get', ['--version']) ? apt : []),
    [process.execPath, playwright, 'install', 'chromium'],
  ];
}

function works(command: string, args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
