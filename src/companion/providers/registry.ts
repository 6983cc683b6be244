import type { Config } from '../config.ts';
import type { OutboundClient } from '../outbound/client.ts';
import type { Metrics } from '../metrics.ts';
import { PROVIDER_NAMES, type ProviderName } from './names.ts';
import type { Provider } from './provider.ts';
import { SbpApiClient } from './sbp-api/client.ts';
import { createSbpApiProvider } from './sbp-api/provider.ts';
import type { SandboxBank } from './sandbox/bank.ts';
import { createSandboxProvider } from './sandbox/provider.ts';
import { supervised } from './supervised.ts';
import { unconfiguredProvider } from './unconfigured.ts';

/** What providers are made of. */
export interface ProviderParts {
  readonly config: Config;
  readonly outbound: OutboundClient;
  readonly bank: SandboxBank;
  readonly metrics: Metrics;
  /** Take the place of those named. */
  readonly standIns?: Partial<Record<ProviderName, Provider>> | undefined;
  /** Unix time in ms. */
  readonly now: () => number;
}

const BUILDERS: Readonly<Record<ProviderName, (parts: ProviderParts) => Provider>> = {
  sandbox: ({ bank, config, now }) => createSandboxProvider(bank, config, now),
  'sbp-api': ({ config, outbound, now }) => {
    const settings = config.sbpApi;
    if (!settings) throw new Error('a method uses sbp-api, which is not configured');
    return createSbpApiProvider({
      client: new SbpApiClient({ settings, outbound }),
      webhookSecrets: settings.webhookSecrets,
      callbackUrl: `${config.publicUrl}/webhooks/sbp-api`,
      now,
    });
  },
};

/** The providers that some method uses. */
export function createProviders(parts: ProviderParts): Readonly<Record<ProviderName, Provider>> {
  const used = new Set<ProviderName>(Object.values(parts.config.methods));
  return Object.fromEntries(
    PROVIDER_NAMES.map((name) => {
      if (!used.has(name)) return [name, unconfiguredProvider(name)];
      return [name, supervised(name, parts.standIns?.[name] ?? BUILDERS[name](parts), parts.metrics)];
    }),
  ) as Record<ProviderName, Provider>;
}
