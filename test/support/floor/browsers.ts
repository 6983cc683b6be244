/**
 * The oldest browsers that the element serves, from package.json's `browserslist`, and MDN's data
 * (@mdn/browser-compat-data) about what they know.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { covers, since, statementsOf, type CompatData, type Feature } from './compat-data.ts';

const ROOT = join(import.meta.dirname, '../../..');

/** Names in `browserslist` → in MDN's data. */
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

/** MDN's name of a browser → the oldest version that we serve. */
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
 * The browsers of the floor that lack the feature, such as `safari 15 (has it from 15.4)`; none for an unknown one.
 * `behind`: another feature, without which this one is not reached.
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
