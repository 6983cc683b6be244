import type { BankListSource } from '../../banks/list-source.ts';
import type { SettingsReader } from '../settings-reader.ts';

/** The address of the upstream SBP API, and its key. */
export interface SbpApiSettings {
  /** Ends in `/api/sbp/v1`, without a trailing slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** The secrets that may sign the upstream's webhooks: several while one replaces another. */
  readonly webhookSecrets: readonly string[];
  /** True if the upstream is in test mode. Its responses must not contradict that. */
  readonly test: boolean;
}

export function readSbpApiSettings(reader: SettingsReader): SbpApiSettings {
  return {
    baseUrl: reader.url('SBP_SBP_API_URL', '/api/sbp/v1'),
    token: reader.credential('SBP_SBP_API_TOKEN', 'the key to the upstream’s API'),
    webhookSecrets: reader.env.sharedSecrets(
      'SBP_SBP_API_WEBHOOK_SECRET',
      'the secret that the upstream signs its webhooks with',
    ),
    test: reader.env.flag('SBP_SBP_API_TEST'),
  };
}

/** The upstream's bank list. Android's list has the most data: the app names, which the other platforms do not use. */
export function bankListOf({ baseUrl, token }: SbpApiSettings): BankListSource {
  return { kind: 'file', url: `${baseUrl}/banks?platform=android`, apiKey: token, logoOrigins: [] };
}
