import { warnDeveloper } from '../browser/developer-note.ts';
import type { Messages } from './messages.ts';

/**
 * Reads the `messages` attribute. Frameworks write an object as `[object Object]` when the element is not defined yet or
 * when they support only attributes. Then the developer is warned, and the texts stay unchanged until the property is set.
 */
export function readMessages(text: string | null): Messages | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object') return value as Messages | null;
  } catch {
    // The warning follows below.
  }
  warnDeveloper(`messages="${text}" is no JSON object. Set the property: element.messages = {…}`);
  return null;
}
