/**
 * Sums the Brotli bytes that a payer's browser downloads: the entry, its imports, and the parts that a screen loads lazily.
 * `npm run size` fails over a budget.
 */
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { brotliCompressSync, constants } from 'node:zlib';

const DIST = resolve(import.meta.dirname, '../dist/cdn');

/**
 * `onDemand`: prefixes of the names of the chunks that this payer loads. `aim`: the size that we want. `budget`: the limit, just
 * above the last measured size, so that growth is noticed.
 */
const CHECKOUTS = [
  { name: 'desktop, QR', onDemand: ['qr-code'], aim: 19_000, budget: 33_380 },
  { name: 'desktop, QR and its tools', onDemand: ['qr-code', 'code-tools'], aim: 20_000, budget: 35_130 },
  { name: 'phone, banks', onDemand: ['bank-app'], aim: 14_000, budget: 31_770 },
  { name: 'phone, banks searched', onDemand: ['bank-app', 'bank-finder'], aim: 16_000, budget: 34_430 },
  { name: 'every method, QR', onDemand: ['qr-code', 'other-methods'], aim: 24_000, budget: 37_980 },
] as const;

function brotliBytes(file: string): number {
  return brotliCompressSync(readFileSync(file), {
    params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY },
  }).length;
}

function imports(file: string): { always: string[]; onDemand: string[] } {
  const code = readFileSync(file, 'utf8');
  const named = (pattern: RegExp): string[] =>
    [...code.matchAll(pattern)]
      .map((match) => join(dirname(file), match[1]!))
      .filter((path) => existsSync(path));
  return {
    always: named(/(?:\bfrom|\bimport)\s*["'](\.[^"']+)["']/g),
    onDemand: named(/\bimport\(\s*["'`](\.[^"'`]+)["'`]\s*\)/g),
  };
}

function downloads(file: string, wanted: readonly string[], seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  const { always, onDemand } = imports(file);
  const parts = onDemand.filter((path) => wanted.some((name) => path.includes(`/${name}-`)));
  for (const path of [...always, ...parts]) downloads(path, wanted, seen);
  return seen;
}

const chained = imports(join(DIST, 'sbp-checkout.js')).always;
if (chained.length > 0) throw new Error(`The entry waits for ${chained.join(', ')}: see vite.config.ts.`);

let over = false;
for (const { name, onDemand, aim, budget } of CHECKOUTS) {
  const files = [...downloads(join(DIST, 'sbp-checkout.js'), onDemand)];
  const missing = onDemand.filter((part) => !files.some((file) => file.includes(`/${part}-`)));
  if (missing.length > 0) throw new Error(`No chunk of the build is called ${missing.join(', ')}.`);
  const sizes = files.map((file) => ({ file, bytes: brotliBytes(file) }));
  const total = sizes.reduce((sum, { bytes }) => sum + bytes, 0);
  const verdict = total > budget ? 'OVER' : 'ok';
  over ||= total > budget;
  console.log(
    `${name.padEnd(34)} ${String(total).padStart(7)} bytes brotli: budget ${budget} ${verdict}, aim ${aim}`,
  );
  for (const { file, bytes } of sizes) {
    console.log(`  ${relative(DIST, file).padEnd(32)} ${String(bytes).padStart(7)}`);
  }
}
if (over) process.exitCode = 1;
