import { toJson } from '../../browser/json.ts';

/** Holds only ids of banks; see docs/element.md. */
const KEY = 'sbp-checkout:banks';
const KEPT = 3;

/** Returns the ids of the banks that were tapped here before, the last one first. Ignores values of other scripts. */
export function recentBanks(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string').slice(0, KEPT) : [];
  } catch {
    return []; // storage is denied, as in many third-party frames, or the value is not ours
  }
}

export function rememberBank(id: string): void {
  const ids = [id, ...recentBanks().filter((other) => other !== id)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, toJson(ids));
  } catch {
    // Storage is denied or full. The next list has no recent banks.
  }
}
