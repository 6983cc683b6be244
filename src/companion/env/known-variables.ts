import type { Env } from './env.ts';

/** Faults in the names of variables, not in their values. */
export interface UnknownVariables {
  /** Prevent the start: probably misspelt settings, which would silently have no effect. */
  readonly mistakes: readonly string[];
  /** Logged at start. */
  readonly warnings: readonly string[];
}

/** `SPB_` is the usual misspelling of the prefix. */
const PREFIX = /^(?:SBP|SPB)_/;

/**
 * Names that Kubernetes sets in every container for a service whose name begins with `sbp` (`enableServiceLinks`). A name that only
 * ends with `_PORT` is one of them only if its value is an address.
 */
const KUBERNETES_NAME =
  /^SBP_(?:\w+_)?(?:SERVICE_HOST|SERVICE_PORT(?:_\w+)?|PORT_\d+_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;
const KUBERNETES_PORT = /^SBP_(?:\w+_)?PORT$/;
const KUBERNETES_ADDRESS = /^(?:tcp|udp|sctp):\/\//;

/** True if Kubernetes has set this variable. */
export function isFromKubernetes(name: string, value: string): boolean {
  return KUBERNETES_NAME.test(name) || (KUBERNETES_PORT.test(name) && KUBERNETES_ADDRESS.test(value));
}

/**
 * Returns the variables that nothing reads. One that is a single typo away from an unset known name is a mistake; any other is a
 * warning. `known`: all names that the configuration reads. `ignored`: the names in `SBP_IGNORE`.
 */
export function findUnknownVariables(
  env: Env,
  known: ReadonlySet<string>,
  ignored: readonly string[],
): UnknownVariables {
  const isSet = (name: string) => (env[name] ?? '').trim() !== '';
  const unset = [...known].filter((name) => !isSet(name));
  const mistakes: string[] = [];
  const unread: string[] = [];
  for (const [name, value = ''] of Object.entries(env)) {
    if (!PREFIX.test(name) || known.has(name) || !isSet(name)) continue;
    if (ignored.includes(name) || isFromKubernetes(name, value)) continue;
    const meant = unset.find((candidate) => isSingleTypo(name, candidate));
    if (meant !== undefined) {
      mistakes.push(`${name} is no setting; did you mean ${meant}? (SBP_IGNORE=${name} excuses it)`);
    } else if (name.startsWith('SBP_')) {
      unread.push(name);
    }
  }
  const warnings =
    unread.length === 0
      ? []
      : [`Nothing reads these variables (SBP_IGNORE excuses them): ${unread.sort().join(', ')}`];
  return { mistakes, warnings };
}

/** True if one character was inserted, left out or changed, or two neighbours were swapped. */
export function isSingleTypo(typed: string, meant: string): boolean {
  if (typed === meant || Math.abs(typed.length - meant.length) > 1) return false;
  let start = 0;
  while (start < typed.length && typed[start] === meant[start]) start++;
  let end = 0;
  const shorter = Math.min(typed.length, meant.length);
  while (end < shorter - start && typed.at(-1 - end) === meant.at(-1 - end)) end++;
  const typedMiddle = typed.slice(start, typed.length - end);
  const meantMiddle = meant.slice(start, meant.length - end);
  if (typedMiddle.length <= 1 && meantMiddle.length <= 1) return true;
  const [first, second] = typedMiddle;
  return typedMiddle.length === 2 && meantMiddle === `${second!}${first!}`;
}
