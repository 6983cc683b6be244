/**
 * The oldest browsers that the element supports, from package.json's `browserslist`, and MDN's data
 * (@mdn/browser-compat-data) about their features.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { covers, since, statementsOf, type CompatData, type Feature } from './compat-data.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Browser names in `browserslist`, and the same names in MDN's data. */
const MDN_NAMES: Readonly<Record<string, string>> = {
  chrome: 'chrome',
  and_chr: 'chrome_android',
  edge: 'edge',
  firefox: 'firefox',
  safari: 'safari',
  ios_saf: 'safari_ios',
};

export const MDN = JSON.parse(
  readFileSync(join(ROOT, 'node_modules/@mdn/browser-compat-data/data.json'), 'utf8'),
) as CompatData;

/** The oldest supported version by MDN's browser name. */
export const FLOOR: ReadonlyMap<string, number> = readFloor();

function readFloor(): Map<string, number> {
  const { browserslist } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    browserslist: readonly string[];
  };
  return new Map(
    browserslist.map((query) => {
      const [, name, version] = /^(\w+) >= ([\d.]+)$/.exec(query) ?? [];
      const mdnName = MDN_NAMES[name ?? ''];
      if (!mdnName) throw new Error(`browserslist: "${query}" is not "<browser> >= <version>"`);
      return [mdnName, Number(version)];
    }),
  );
}

/**
 * Returns the browsers of the floor that lack the feature, such as `safari 15 (has it from 15.4)`; empty for an unknown
 * feature. `behind`: another feature that the browser must have to reach this one.
 */
export function lackedBy(feature: Feature | undefined, behind?: Feature): string[] {
  const support = feature?.__compat?.support;
  if (!support) return [];
  return [...FLOOR].flatMap(([browser, floor]) => {
    const oldest = Math.max(
      floor,
      ...statementsOf(behind, browser).map(({ version_added }) => since(version_added)),
    );
    const statements = statementsOf(feature, browser);
    if (statements.length === 0 || statements.some((one) => covers(one, oldest))) return [];
    const from = statements
      .map(({ version_added }) => version_added)
      .find((version) => typeof version === 'string');
    return [`${browser} ${oldest} (has it from ${from ?? 'no version'})`];
  });
}
