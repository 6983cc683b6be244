import type { BankListSource } from '../../banks/directory.ts';

/** Where the upstream SBP API is, and what opens it. */
export interface SbpApiSettings {
  /** With its `/api/sbp/v1`, without a trailing slash. */
  readonly baseUrl: string;
  readonly token: string;
  /** Any of them may sign the upstream's webhooks: several while one replaces another. */
  readonly webhookSecrets: readonly string[];
}

/** The upstream's bank list. Android's has the most in it: the apps' names, which the other platforms do without. */
export function bankListOf({ baseUrl, token }: SbpApiSettings): BankListSource {
  return { url: `${baseUrl}/banks?platform=android`, apiKey: token };
}

const API_PATH = '/api/sbp/v1';

/** The upstream's address may be given with or without the path of its API. */
export function apiBase(address: string): string {
  const trimmed = address.replace(/\/+$/, '');
  return trimmed.endsWith(API_PATH) ? trimmed : `${trimmed}${API_PATH}`;
}
