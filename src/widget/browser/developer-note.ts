const written = new Set<string>();

/** Tells the shop's developer of a mistake, on the console and once a page. The payer sees nothing of it. */
export function warnDeveloper(text: string): void {
  if (written.has(text)) return;
  written.add(text);
  console.warn(`<sbp-checkout>: ${text}`);
}
