import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import type { Browser } from 'playwright-core';
import { launchChromium } from './browser.ts';

const MODULES = join(import.meta.dirname, '../../node_modules');
/** From chrome-aws-lambda, which is not used otherwise: an executable for x64 Linux, 151 MB unpacked. */
const PACKED = join(MODULES, 'chrome-aws-lambda/bin/chromium.br');
const UNPACKED = join(MODULES, '.cache/oldest-chromium/chromium-91.0.4469');

/** True if this machine can run it. If it can and the package is missing, the test must fail. */
export const runsOldestChromium = process.platform === 'linux' && process.arch === 'x64';

/** Launches Chromium 91.0.4469, which was built between the branches of Chrome 90 and 91. */
export async function launchOldestChromium(): Promise<Browser> {
  if (!existsSync(UNPACKED)) {
    mkdirSync(join(UNPACKED, '..'), { recursive: true });
    const ours = `${UNPACKED}.${process.pid}`; // two processes may unpack at the same time
    writeFileSync(ours, brotliDecompressSync(readFileSync(PACKED)), { mode: 0o755 });
    renameSync(ours, UNPACKED);
  }
  return launchChromium(UNPACKED);
}
