import type { OutboundClient } from '../../outbound/client.ts';
import { ProviderError, type Provider } from '../provider.ts';
import type { FreepaymentSettings } from './settings.ts';

export interface FreepaymentOptions {
  readonly settings: FreepaymentSettings;
  readonly outbound: OutboundClient;
  /** Where the provider reports to. */
  readonly webhookUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

export function createFreepaymentProvider({ settings }: FreepaymentOptions): Provider {
  throw new ProviderError('unavailable', `not there yet: ${settings.baseUrl}`);
}
