import { ProviderError, type Provider } from './provider.ts';
import type { ProviderName } from '../env/provider-names.ts';

/**
 * Stands for a provider without settings: rows of an earlier configuration may still name it. They wait, since nobody can
 * be asked what became of them.
 */
export function unconfiguredProvider(name: ProviderName): Provider {
  const refuse = () =>
    Promise.reject(new ProviderError('unavailable', `there are no settings of ${name}`, { asked: false }));
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
    create: refuse,
    status: refuse,
    cancel: refuse,
    refund: refuse,
    parseWebhook() {
      throw new ProviderError('unavailable', `there are no settings of ${name}`);
    },
  };
}

/** Whether a provider is more than such a stand-in: every real one serves some method. */
export function isConfigured({ capabilities }: Provider): boolean {
  return capabilities.methods.length > 0;
}
