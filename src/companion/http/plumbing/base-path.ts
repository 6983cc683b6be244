/** The first segments of our own addresses. A base path that equals the start of one is ambiguous. */
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
 * Returns the function that removes the path of `SBP_PUBLIC_URL` from an address, for proxies that forward the address
 * unchanged. An address without that path is returned as it is, for proxies that have removed it. `null` if the URL has
 * no path, or if one of our own addresses starts with the path: then the proxy must remove it.
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
