/**
 * The oldest browsers that the element serves, from package.json's `browserslist`, and MDN's data
 * (@mdn/browser-compat-data) about what they know.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

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

interface Support {
  /** `preview` or `null` where no release has it. */
  readonly version_added: string | false | null;
  readonly version_removed?: string;
  readonly prefix?: string;
  readonly alternative_name?: string;
  readonly flags?: readonly object[];
}

/** A node of MDN's tree: a feature, if it has `__compat`, and its parts. */
export type Feature = { readonly [part: string]: Feature | undefined } & { readonly __compat?: Compat };

interface Compat {
  readonly support: Readonly<Record<string, Support | readonly Support[]>>;
}

interface CompatData {
  readonly api: Feature;
  readonly css: Readonly<Record<'at-rules' | 'properties' | 'selectors' | 'types', Feature>>;
  readonly html: Readonly<Record<'elements' | 'global_attributes', Feature>>;
  readonly javascript: Readonly<
    Record<'builtins' | 'classes' | 'operators' | 'regular_expressions' | 'statements', Feature>
  >;
}

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

function statementsOf(feature: Feature | undefined, browser: string): Support[] {
  return [feature?.__compat?.support[browser] ?? []].flat();
}

function covers(support: Support, oldest: number): boolean {
  const { version_added, version_removed, prefix, alternative_name, flags } = support;
  if (prefix !== undefined || alternative_name !== undefined || flags !== undefined) return false;
  return since(version_added) <= oldest && (version_removed === undefined || since(version_removed) > oldest);
}

/** `≤37` is a version by which MDN knows that it was there. */
function since(version: string | false | null): number {
  const number = typeof version === 'string' ? parseFloat(version.replace('≤', '')) : NaN;
  return Number.isNaN(number) ? Infinity : number;
}
