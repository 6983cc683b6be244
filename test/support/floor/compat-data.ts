/** The types of MDN's data. No imports from Node, because tests in browsers use this file as well. */

export interface Support {
  /** `preview` or `null` when no release has it. */
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

export interface CompatData {
  readonly api: Feature;
  readonly css: Readonly<Record<'at-rules' | 'properties' | 'selectors' | 'types', Feature>>;
  readonly html: Readonly<Record<'elements' | 'global_attributes', Feature>>;
  readonly javascript: Readonly<
    Record<'builtins' | 'classes' | 'operators' | 'regular_expressions' | 'statements', Feature>
  >;
}

export function statementsOf(feature: Feature | undefined, browser: string): Support[] {
  return [feature?.__compat?.support[browser] ?? []].flat();
}

export function covers(support: Support, oldest: number): boolean {
  const { version_added, version_removed, prefix, alternative_name, flags } = support;
  if (prefix !== undefined || alternative_name !== undefined || flags !== undefined) return false;
  return since(version_added) <= oldest && (version_removed === undefined || since(version_removed) > oldest);
}

/** Reads a version. `≤37` means that the feature is at least as old as version 37. */
export function since(version: string | false | null): number {
  const number = typeof version === 'string' ? parseFloat(version.replace('≤', '')) : NaN;
  return Number.isNaN(number) ? Infinity : number;
}
