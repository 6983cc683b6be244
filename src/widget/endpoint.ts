/**
 * Where the companion is: what the shop says (relative to the page), else where this script came from.
 * `null` for an address that no browser can ask.
 */
export function resolveEndpoint(endpoint: string | null): URL | null {
  try {
    const url = new URL(endpoint ?? new URL(import.meta.url).origin, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null; // shown as the error screen
  }
}
