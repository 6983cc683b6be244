import type { Config } from '../config.ts';

/** What works and yet is hardly meant, as sentences for the log at start. */
export function startWarnings({
  development,
  publicUrl,
  trustedProxies,
}: Pick<Config, 'development' | 'publicUrl' | 'trustedProxies'>): string[] {
  const warnings: string[] = [];
  if (!development && publicUrl.startsWith('http:')) {
    warnings.push('SBP_PUBLIC_URL is plain http: payers need https');
  }
  // The companion speaks no TLS, so a proxy stands in front.
  if (publicUrl.startsWith('https:') && trustedProxies.length === 0) {
    warnings.push(
      'SBP_PUBLIC_URL is https and SBP_TRUSTED_PROXIES is empty: name the proxy that ends TLS, or all who come ' +
        'through it share one allowance of calls and streams',
    );
  }
  return warnings;
}
