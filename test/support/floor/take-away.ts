import { covers, statementsOf, type CompatData, type Feature } from './compat-data.ts';

/** A global name, and a member of it, or of its prototype; the name itself where there is no member. */
export type Missing = readonly [owner: string, member: string, isStatic: boolean];

/** All that MDN knows a version of a browser to lack, of what a script can take away. */
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

/** No event, no symbol, no note on the constructor or on how something behaves. */
function isPlainName(name: string, owner: string): boolean {
  return name !== owner && /^[a-zA-Z]+(?:_static)?$/.test(name);
}

/** Runs in a page, before any other script: what it names is gone, as far as it was there. */
export function takeAway(missing: readonly Missing[]): void {
  const globals = globalThis as unknown as Record<string, Record<string, object | undefined> | undefined>;
  for (const [owner, member, isStatic] of missing) {
    if (member === '') {
      Reflect.deleteProperty(globals, owner);
      continue;
    }
    const named = globals[owner];
    // MDN marks the static members of interfaces, and not those of built-ins.
    const holders = isStatic
      ? [named]
      : [named?.['prototype'], named, owner === 'Window' ? globals : undefined];
    for (const holder of holders) if (holder) Reflect.deleteProperty(holder, member);
  }
}
