import type { Method } from '../../protocol/snapshot.ts';
import { ConfigError } from '../config-error.ts';
import type { Config } from '../config.ts';
import type { Metrics } from '../metrics.ts';
import { OutboundClient } from '../outbound/client.ts';
import { createFreepaymentProvider } from './freepayment/provider.ts';
import { PROVIDER_NAMES, type ProviderName } from './names.ts';
import type { Provider } from './provider.ts';
import { createSberbankProvider } from './sberbank/provider.ts';
import { SbpApiClient } from './sbp-api/client.ts';
import { createSbpApiProvider } from './sbp-api/provider.ts';
import type { SandboxBank } from './sandbox/bank.ts';
import { createSandboxProvider } from './sandbox/provider.ts';
import { createSmartGlocalProvider } from './smart-glocal/provider.ts';
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
    const settings = configured(config.sbpApi);
    return createSbpApiProvider({
      client: new SbpApiClient({ settings, outbound }),
      webhookSecrets: settings.webhookSecrets,
      callbackUrl: webhookUrl(config, 'sbp-api'),
      now,
    });
  },
  freepayment: ({ config, outbound, now }) =>
    createFreepaymentProvider({
      settings: configured(config.freepayment),
      outbound,
      webhookUrl: webhookUrl(config, 'freepayment'),
      now,
    }),
  'smart-glocal': ({ config, outbound, now }) =>
    createSmartGlocalProvider({ settings: configured(config.smartGlocal), outbound, now }),
  sberbank: ({ config, outbound, now }) => {
    const settings = configured(config.sberbank);
    return createSberbankProvider({ settings, outbound: outbound.as(settings.identity), now });
  },
};

/** The providers that some method uses. */
export function createProviders(parts: ProviderParts): Readonly<Record<ProviderName, Provider>> {
  const { methods } = parts.config;
  const used = new Set<ProviderName>(Object.values(methods));
  const providers = Object.fromEntries(
    PROVIDER_NAMES.map((name) => {
      if (!used.has(name)) return [name, unconfiguredProvider(name)];
      return [name, supervised(name, parts.standIns?.[name] ?? BUILDERS[name](parts), parts.metrics)];
    }),
  ) as Record<ProviderName, Provider>;
  refuseUnserved(methods, providers);
  return providers;
}

/** A method that its provider does not have would be refused to every single payer. */
function refuseUnserved(
  methods: Config['methods'],
  providers: Readonly<Record<ProviderName, Provider>>,
): void {
  const mistakes = Object.entries(methods).flatMap(([method, name]) => {
    const served = providers[name].capabilities.methods;
    return served.includes(method as Method)
      ? []
      : [`SBP_METHODS: ${name} does not serve ${method}, but ${served.join(', ')}`];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

function configured<T>(settings: T | null): T {
  if (settings === null) throw new Error('a method uses a provider that is not configured');
  return settings;
}

function webhookUrl({ publicUrl }: Config, name: ProviderName): string {
  return `${publicUrl}/webhooks/${name}`;
}
