/** The element's own file in a companion's folder, also where its address is pinned. Bundles have other names. */
const OWN_FILE = /(?:pinned\/[^/]+\/)?sbp-checkout[\w.-]*\.js$/;

/** The folder of the script at this address; of a shop's own bundle it says nothing, and the companion is at its origin. */
export function folderOfScript(script: string): string {
  const { origin, pathname } = new URL(script);
  return OWN_FILE.test(pathname) ? origin + pathname.replace(OWN_FILE, '') : origin;
}

/** An address of the companion's, whose endpoint may have a path. */
export function addressAt(endpoint: URL, name: string): string {
  return `${endpoint.origin}${endpoint.pathname.replace(/\/+$/, '')}/${name}`;
}

/**
 * Where the companion is: what the shop says (relative to the page), else the folder that this script came from.
 * `null` for an address that no browser can ask.
 */
export function resolveEndpoint(endpoint: string | null): URL | null {
  try {
    // A setting that a build has left empty says nothing, and not that this page is the companion.
    const given = endpoint?.trim() ?? '';
    const url = new URL(given === '' ? folderOfScript(import.meta.url) : given, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null; // shown as the error screen
  }
}
