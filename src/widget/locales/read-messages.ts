import { warnDeveloper } from '../browser/developer-note.ts';
import type { Messages } from './messages.ts';

/**
 * Reads the `messages` attribute. Frameworks that know no property of that name, since the element is not defined yet or
 * they know attributes alone, write an object as `[object Object]`: the developer is told, and the property is waited for.
 */
export function readMessages(text: string | null): Messages | null {
  if (!text) return null;
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === 'object') return value as Messages | null;
  } catch {
    // said below
  }
  warnDeveloper(`messages="${text}" is no JSON object. Set the property: element.messages = {…}`);
  return null;
}
