import { ProviderError, type Provider } from './provider.ts';
import type { ProviderName } from '../env/provider-names.ts';

/**
 * A provider without settings. Payments of an earlier configuration may still name it: every call about them is
 * `unavailable`, so that they wait until the provider has settings again.
 */
export function unconfiguredProvider(name: ProviderName): Provider {
  const fail = () =>
    Promise.reject(
      new ProviderError('unavailable', `no settings for provider ${name}`, { mayHaveTakenEffect: false }),
    );
  return {
    capabilities: {
      methods: [],
      cancel: false,
      lifetime: 'own',
      refund: 'none',
      push: false,
      charge: false,
      webhookTrust: 'none',
    },
    create: fail,
    status: fail,
    cancel: fail,
    refund: fail,
    parseWebhook() {
      throw new ProviderError('unavailable', `no settings for provider ${name}`);
    },
  };
}

/** True if the provider has settings: every configured provider serves at least one method. */
export function isConfigured({ capabilities }: Provider): boolean {
  return capabilities.methods.length > 0;
}
