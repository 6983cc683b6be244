import { ProviderError, type Provider } from './provider.ts';
import type { ProviderName } from './names.ts';

/**
 * Stands for a provider that no method uses: rows of an earlier configuration may still name it. They wait, since
 * nobody can be asked what became of them.
 */
export function unconfiguredProvider(name: ProviderName): Provider {
  const refuse = () =>
    Promise.reject(new ProviderError('unavailable', `no method in SBP_METHODS uses ${name}`));
  return {
    capabilities: {
      methods: [],
      cancel: false,
      lifetime: 'own',
      refund: 'none',
      push: false,
      charge: false,
      webhooks: 'none',
    },
    create: refuse,
    status: refuse,
    cancel: refuse,
    refund: refuse,
    parseWebhook() {
      throw new ProviderError('unavailable', `no method in SBP_METHODS uses ${name}`);
    },
  };
}
