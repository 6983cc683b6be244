const written = new Set<string>();

/** Warns the shop's developer on the console, once a page for each text. */
export function warnDeveloper(text: string): void {
  if (written.has(text)) return;
  written.add(text);
  console.warn(`<sbp-checkout>: ${text}`);
}
