import type { FastifyBaseLogger } from 'fastify';
import type { Method } from '../../protocol/snapshot.ts';
import { ConfigError } from '../env/config-error.ts';
import type { FreepaymentSettings } from './freepayment/settings.ts';
import type { SberbankSettings } from './sberbank/settings.ts';
import type { SbpApiSettings } from './sbp-api/settings.ts';
import type { SmartGlocalSettings } from './smart-glocal/settings.ts';
import type { Metrics } from '../metrics.ts';
import { OutboundClient } from '../outbound/client.ts';
import { createFreepaymentProvider } from './freepayment/provider.ts';
import { PROVIDER_NAMES, type ProviderName } from '../env/provider-names.ts';
import { ProviderError, type Provider, type Providers } from './provider.ts';
import { createSberbankProvider } from './sberbank/provider.ts';
import { SbpApiClient } from './sbp-api/client.ts';
import { createSbpApiProvider } from './sbp-api/provider.ts';
import type { SandboxBank } from './sandbox/bank.ts';
import { createSandboxProvider, type SandboxConfig } from './sandbox/provider.ts';
import { createSmartGlocalProvider } from './smart-glocal/provider.ts';
import { instrumentedProvider } from './instrumented.ts';
import { unconfiguredProvider } from './unconfigured-provider.ts';

/** The part of the configuration that providers need. */
interface ProvidersConfig extends SandboxConfig {
  readonly methods: Readonly<Partial<Record<Method, ProviderName>>>;
  readonly sbpApi: SbpApiSettings | null;
  readonly freepayment: FreepaymentSettings | null;
  readonly smartGlocal: SmartGlocalSettings | null;
  readonly sberbank: SberbankSettings | null;
}

/** The parts that providers are built from. */
export interface ProviderParts {
  readonly config: ProvidersConfig;
  readonly outbound: OutboundClient;
  readonly bank: SandboxBank;
  readonly metrics: Metrics;
  readonly log: FastifyBaseLogger;
  /** Replace the providers of these names. Defaults to none. */
  readonly replacements?: Partial<Record<ProviderName, Provider>> | undefined;
  /** Unix time in ms. */
  readonly now: () => number;
}

const BUILDERS: Readonly<Record<ProviderName, (parts: ProviderParts) => Provider>> = {
  sandbox: ({ bank, config, now }) => {
    const provider = createSandboxProvider(bank, config, now);
    if (Object.values(config.methods).includes('sandbox')) return provider;
    // Payments of an earlier trial end by themselves. None may be paid any more.
    const charge = () => Promise.reject(new ProviderError('refused', 'no method uses the sandbox'));
    return { ...provider, capabilities: { ...provider.capabilities, charge: false, push: false }, charge };
  },
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
    return createSberbankProvider({ settings, outbound, now });
  },
};

/**
 * Builds every provider, also those without a payment method: payments of an earlier configuration are still paid,
 * refunded and reported. The sandbox needs no settings; without a payment method it has no pages.
 */
export function createProviders(parts: ProviderParts): Providers {
  const { config, replacements, metrics, log } = parts;
  const settings: Readonly<Record<ProviderName, unknown>> = {
    sandbox: {},
    'sbp-api': config.sbpApi,
    freepayment: config.freepayment,
    'smart-glocal': config.smartGlocal,
    sberbank: config.sberbank,
  };
  const providers = Object.fromEntries(
    PROVIDER_NAMES.map((name) => {
      const replacement = replacements?.[name];
      if (!replacement && settings[name] === null) return [name, unconfiguredProvider(name)];
      return [name, instrumentedProvider(name, replacement ?? BUILDERS[name](parts), metrics, log)];
    }),
  ) as Providers;
  refuseUnserved(config.methods, providers);
  return providers;
}

/** Throws {@link ConfigError} for a method that its provider does not serve: every payment by it would fail. */
function refuseUnserved(methods: ProvidersConfig['methods'], providers: Providers): void {
  const mistakes = Object.entries(methods).flatMap(([method, name]) => {
    const served = providers[name].capabilities.methods;
    return served.includes(method as Method)
      ? []
      : [`SBP_METHODS: ${name} does not serve ${method}, but ${served.join(', ')}`];
  });
  if (mistakes.length > 0) throw new ConfigError(mistakes);
}

function configured<T>(settings: T | null): T {
  if (settings === null) throw new Error('a provider was built without its settings');
  return settings;
}

function webhookUrl({ publicUrl }: ProvidersConfig, name: ProviderName): string {
  return `${publicUrl}/webhooks/${name}`;
}
