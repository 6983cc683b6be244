const written = new Set<string>();

/** Warns the shop's developer on the console, once a page for each text. */
export function warnDeveloper(text: string): void {
  write('warn', text);
}

/**
 * Writes to the console why a payment cannot be opened, where the developer can mend it and the payer cannot.
 *
 * @param address The URL of the failed request.
 * @param received What the request got instead of a companion's response.
 */
export function explainRefusal(refusal: string, address: string, received: string): void {
  if (refusal === 'no-companion')
    write('error', `found no companion: GET ${address} → ${received}. Set endpoint="…" to its address.`);
  if (refusal === 'origin-not-allowed')
    write(
      'error',
      `may not open payments here: ${address} needs the setting SBP_ALLOWED_ORIGINS=${self.origin}`,
    );
}

function write(level: 'warn' | 'error', text: string): void {
  if (written.has(text)) return;
  written.add(text);
  console[level](`<sbp-checkout>: ${text}`);
}
