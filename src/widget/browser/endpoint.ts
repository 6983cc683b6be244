/** The path of the element's file in a companion's folder, pinned or not. Shops' bundles have other names. */
const OWN_FILE = /(?:pinned\/[^/]+\/)?sbp-checkout[\w.-]*\.js$/;

/** Returns the companion's folder by the script's address. For a shop's own bundle that is the script's origin. */
export function folderOfScript(script: string): string {
  const { origin, pathname } = new URL(script);
  return OWN_FILE.test(pathname) ? origin + pathname.replace(OWN_FILE, '') : origin;
}

/** Returns the address of a companion's resource. The endpoint may have a path. */
export function addressAt(endpoint: URL, name: string): string {
  return `${endpoint.origin}${endpoint.pathname.replace(/\/+$/, '')}/${name}`;
}

/**
 * Returns the companion's address: the shop's setting (relative to the page), or else the folder of this script. Returns
 * `null` for an address that is not http(s).
 */
export function resolveEndpoint(endpoint: string | null): URL | null {
  try {
    // An empty setting counts as missing. Resolved against the page, it would name the page itself.
    const given = endpoint?.trim() ?? '';
    const url = new URL(given === '' ? folderOfScript(import.meta.url) : given, document.baseURI);
    return /^https?:$/.test(url.protocol) ? url : null;
  } catch {
    return null; // shown as the error screen
  }
}
