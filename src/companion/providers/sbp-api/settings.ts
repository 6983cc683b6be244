import type { BankListSource } from '../../banks/list-source.ts';
import type { SettingsReader } from '../settings-reader.ts';

/** Where the upstream SBP API is, and what opens it. */
export interface SbpApiSettings {
  /** With its `/api/sbp/v1`, without a trailing slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** Any of them may sign the upstream's webhooks: several while one replaces another. */
  readonly webhookSecrets: readonly string[];
  /** Whether the upstream moves no money. Its answers must say the same, where they say anything. */
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

/** The upstream's bank list. Android's has the most in it: the apps' names, which the other platforms do without. */
export function bankListOf({ baseUrl, token }: SbpApiSettings): BankListSource {
  return { kind: 'file', url: `${baseUrl}/banks?platform=android`, apiKey: token, logoOrigins: [] };
}
