/** Where our own addresses begin. A base path that is the beginning of one cannot be told from it. */
const OWN_ADDRESSES = [
  '/api/sbp/v1',
  '/checkout/v1',
  '/webhooks',
  '/sandbox',
  '/pinned',
  '/chunks',
  '/pay',
  '/docs',
];

/**
 * Takes the path of `SBP_PUBLIC_URL` off an address, for proxies that pass it on as it is. Addresses without it stay as
 * they are, for proxies that have taken it off themselves. `null` if there is no such path, or one of our own addresses
 * begins with it: then the proxy must take it off.
 */
export function basePathRemover(publicUrl: string): ((url: string) => string) | null {
  const base = new URL(publicUrl).pathname.replace(/\/+$/, '');
  const isOurs = OWN_ADDRESSES.some((address) => `${address}/`.startsWith(`${base}/`));
  if (base === '' || isOurs) return null;
  return (url) => {
    if (!url.startsWith(base)) return url;
    const rest = url.slice(base.length);
    if (rest.startsWith('/')) return rest;
    return rest === '' || rest.startsWith('?') ? `/${rest}` : url;
  };
}
