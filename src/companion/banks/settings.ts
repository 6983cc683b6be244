import type { EnvReader } from '../env/env-reader.ts';
import type { BankListSource } from './list-source.ts';

export const DEFAULT_BANKS_URL = 'https://qr.nspk.ru/proxyapp/c2bmembers.json';

/** The origin of the logos in NSPK's own lists. */
const NSPK_ORIGIN = 'https://qr.nspk.ru';

/**
 * Returns the configured source of the bank list; `null` when none is configured. Then the upstream's list or {@link
 * nspkList} is used.
 */
export function readBankListSource(reader: EnvReader, schemes: readonly string[]): BankListSource | null {
  const url = reader.url('SBP_BANKS_URL', '', schemes);
  const client = reader.optional('SBP_BANKS_CLIENT');
  const logoOrigins = [NSPK_ORIGIN, ...reader.origins('SBP_BANKS_LOGO_ORIGINS')];
  const version = /\/v([12])$/.exec(url)?.[1];
  if (version === undefined) {
    if (client !== null) {
      reader.mistake('SBP_BANKS_CLIENT goes with an SBP_BANKS_URL that ends in /v1 or /v2, the widget API');
    }
    return url === '' ? null : { kind: 'file', url, apiKey: null, logoOrigins };
  }
  if (version === '1' && !/^[\x21-\x7e][\x20-\x7e]{0,62}[\x21-\x7e]$/.test(client ?? '')) {
    reader.mistake('SBP_BANKS_CLIENT must be 2 to 64 Latin characters with a /v1 SBP_BANKS_URL: your brand');
  }
  if (version === '2' && !/^[\x21-\x7e]{12}$/.test(client ?? '')) {
    reader.mistake('SBP_BANKS_CLIENT must be 12 characters with a /v2 SBP_BANKS_URL: the id you were given');
  }
  return { kind: 'widget', url, version: version === '1' ? 1 : 2, client: client ?? '', logoOrigins };
}

/** NSPK's public list. */
export function nspkList(): BankListSource {
  return { kind: 'file', url: DEFAULT_BANKS_URL, apiKey: null, logoOrigins: [] };
}
