import { toJson } from '../../browser/json.ts';

/** Banks' ids and nothing else; see docs/element.md. */
const KEY = 'sbp-checkout:banks';
const KEPT = 3;

/** The banks that were tapped here before, the last one first. What others have put there counts for nothing. */
export function recentBanks(): readonly string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]');
    return Array.isArray(stored) ? stored.filter((id) => typeof id === 'string').slice(0, KEPT) : [];
  } catch {
    return []; // storage denied, as in many third-party frames, or not ours to read
  }
}

export function rememberBank(id: string): void {
  const ids = [id, ...recentBanks().filter((other) => other !== id)].slice(0, KEPT);
  try {
    localStorage.setItem(KEY, toJson(ids));
  } catch {
    // denied or full: next time the list is as for anybody
  }
}
