/**
 * Serializes the value without calling `toJSON`, which some libraries (Prototype.js, MooTools, old polyfills) add to every
 * object or list of a page. The replacer reads the original value from its holder.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string) {
    return this[key];
  });
}
