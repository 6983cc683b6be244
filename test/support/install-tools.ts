import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { ENGINES } from './engines.ts';
import { findNginx, NGINX_PACKAGE } from './install-nginx.ts';
import { installPackages } from './install-packages.ts';

export interface Tools {
  /** The installed browser engines: always Chromium, the others if the system has them. */
  readonly engines: readonly string[];
  readonly missingEngines: readonly string[];
}

/**
 * Finds or installs the programs that these suites need. Installs them in one call of the package manager, because two
 * test files that install at the same time would fail on its lock. Throws if Chromium is not available.
 */
export function ensureTools(suites: readonly string[]): Tools {
  const names = suites.includes('components') ? Object.keys(ENGINES) : ['chromium'];
  const isMissing = (name: string) => ENGINES[name]!.find() === null;
  const needsNginx = suites.some((suite) => suite !== 'components') && findNginx() === null;
  installPackages([
    ...names.filter(isMissing).flatMap((name) => ENGINES[name]!.packages),
    ...(needsNginx ? [NGINX_PACKAGE] : []),
  ]);
  if (isMissing('chromium')) installPlaywrightChromium();
  if (isMissing('chromium')) {
    throw new Error('No Chromium could be installed: install Chrome or Chromium, or set CHROME_PATH to one.');
  }
  return {
    engines: names.filter((name) => !isMissing(name)),
    missingEngines: names.filter(isMissing),
  };
}

function installPlaywrightChromium(): void {
  const playwright = join(import.meta.dirname, '../../node_modules/playwright-core/cli.js');
  console.log('No Chromium found: playwright-core installs its own');
  spawnSync(process.execPath, [playwright, 'install', 'chromium'], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}
