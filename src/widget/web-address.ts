/** https, or `also`; a relative address would lead somewhere else on every page that embeds us. */
export function isWebAddress(url: string | null, also?: 'http:'): url is string {
  try {
    const { protocol } = new URL(url ?? '');
    return protocol === 'https:' || protocol === also;
  } catch {
    return false;
  }
}
