import type { OutboundClient } from '../../outbound/client.ts';
import { ProviderError, type Provider } from '../provider.ts';
import type { SmartGlocalSettings } from './settings.ts';

export interface SmartGlocalOptions {
  readonly settings: SmartGlocalSettings;
  readonly outbound: OutboundClient;
  /** Where the provider reports to. */
  readonly webhookUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

export function createSmartGlocalProvider({ settings }: SmartGlocalOptions): Provider {
  throw new ProviderError('unavailable', `not there yet: ${settings.baseUrl}`);
}
