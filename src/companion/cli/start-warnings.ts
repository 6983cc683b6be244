import type { Config } from '../config.ts';
import { proxyFor, shownProxy } from '../outbound/proxies.ts';

/** Which of the configured addresses are called through which proxy, for the log at start; `null` when none is. */
export function proxyNote(config: Config): Readonly<Record<string, string>> | null {
  const { sbpApi, freepayment, smartGlocal, sberbank, bankList, confirmUrl, proxies } = config;
  const addresses = {
    'sbp-api': sbpApi?.baseUrl,
    freepayment: freepayment?.baseUrl,
    'smart-glocal': smartGlocal?.baseUrl,
    sberbank: sberbank?.baseUrl,
    SBP_BANKS_URL: bankList.url,
    SBP_CONFIRM_URL: confirmUrl,
  };
  const proxied = Object.entries(addresses).flatMap(([name, address]) => {
    const proxy = address ? proxyFor(new URL(address), proxies) : null;
    return proxy === null ? [] : [[name, shownProxy(proxy)]];
  });
  return proxied.length === 0 ? null : (Object.fromEntries(proxied) as Record<string, string>);
}

/** Returns sentences for the log at start: settings that work but are probably a mistake. */
export function startWarnings({
  development,
  publicUrl,
  trustedProxies,
  callbackProxy,
}: Pick<Config, 'development' | 'publicUrl' | 'trustedProxies' | 'callbackProxy'>): string[] {
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
  if (callbackProxy) {
    warnings.push(
      'SBP_CALLBACK_PROXY is on: the proxy, and no longer the companion, keeps callback_url addresses out of your network',
    );
  }
  return warnings;
}
