import type { Config } from '../config.ts';
import { proxyFor, shownProxy } from '../outbound/proxies.ts';

/** Returns the proxy of each configured address that is called through one; `null` when there is none. Logged at start. */
export function proxiedAddresses(config: Config): Readonly<Record<string, string>> | null {
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

/** Returns warnings for the log at start about settings that work but are probably a mistake. */
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
  // The companion does not speak TLS, so https means that there is a proxy in front.
  if (publicUrl.startsWith('https:') && trustedProxies.length === 0) {
    warnings.push(
      'SBP_PUBLIC_URL is https and SBP_TRUSTED_PROXIES is empty: list the proxy that ends TLS; otherwise all its ' +
        'clients share one limit of calls and streams',
    );
  }
  if (callbackProxy) {
    warnings.push(
      'SBP_CALLBACK_PROXY is on: the proxy, not the companion, must keep callback_url addresses out of your network',
    );
  }
  return warnings;
}
