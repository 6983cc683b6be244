import { covers, statementsOf, type CompatData, type Feature } from './compat-data.ts';

/** A global name and a member of it or of its prototype. `member` is `''` when the whole global is missing. */
export type Missing = readonly [owner: string, member: string, isStatic: boolean];

/** Returns the names that a script can remove and that this browser version lacks, according to MDN. */
export function missingIn({ api, javascript }: CompatData, browser: string, version: number): Missing[] {
  const lacks = (feature: Feature | undefined): boolean => {
    const statements = statementsOf(feature, browser);
    return statements.length > 0 && !statements.some((one) => covers(one, version));
  };
  return [api, javascript.builtins].flatMap((tree) =>
    Object.entries(tree).flatMap(([owner, held]): Missing[] => {
      if (!held) return [];
      if (lacks(held as Feature)) return [[owner, '', false]];
      return Object.entries(held)
        .filter(([name, member]) => isPlainName(name, owner) && lacks(member as Feature))
        .map(([name]) => [owner, name.replace(/_static$/, ''), name.endsWith('_static')]);
    }),
  );
}

/** Excludes events, symbols, and MDN's notes about constructors and behaviour. */
function isPlainName(name: string, owner: string): boolean {
  return name !== owner && /^[a-zA-Z]+(?:_static)?$/.test(name);
}

/** Removes these names from a page. Runs before the page's own scripts. Ignores names that do not exist. */
export function takeAway(missing: readonly Missing[]): void {
  const globals = globalThis as unknown as Record<string, Record<string, object | undefined> | undefined>;
  for (const [owner, member, isStatic] of missing) {
    if (member === '') {
      Reflect.deleteProperty(globals, owner);
      continue;
    }
    const named = globals[owner];
    // MDN marks static members of interfaces, but not those of built-ins.
    const holders = isStatic
      ? [named]
      : [named?.['prototype'], named, owner === 'Window' ? globals : undefined];
    for (const holder of holders) if (holder) Reflect.deleteProperty(holder, member);
  }
}
