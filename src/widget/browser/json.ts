/**
 * Returns the JSON of the value itself: libraries that give every object or list of a page a `toJSON` (Prototype.js,
 * MooTools, old polyfills) do not change what is sent and kept. The replacer sees each holder as it is.
 */
export function toJson(value: unknown): string {
  return JSON.stringify(value, function (this: Readonly<Record<string, unknown>>, key: string) {
    return this[key];
  });
}
