import type { OutboundClient } from '../../outbound/client.ts';
import { ProviderError, type Provider } from '../provider.ts';
import type { SberbankSettings } from './settings.ts';

export interface SberbankOptions {
  readonly settings: SberbankSettings;
  readonly outbound: OutboundClient;
  /** Unix time in ms. */
  readonly now: () => number;
}

export function createSberbankProvider({ settings }: SberbankOptions): Provider {
  throw new ProviderError('unavailable', `not there yet: ${settings.baseUrl}`);
}
