import * as v from 'valibot';
import { origins, url, variable } from '../env/schemas.ts';
import type { BankListSource } from './list-source.ts';

export const DEFAULT_BANKS_URL = 'https://qr.nspk.ru/proxyapp/c2bmembers.json';

/** The origin of the logos in NSPK's own lists. */
const NSPK_ORIGIN = 'https://qr.nspk.ru';

/** The source of the bank list; `null` without `SBP_BANKS_URL`. An upstream's list or {@link nspkList} serves then. */
export function bankListSettings(schemes: readonly string[]) {
  return v.pipe(
    v.object({
      url: variable('SBP_BANKS_URL', v.nullable(url(schemes))),
      client: variable('SBP_BANKS_CLIENT', v.nullable(v.string())),
      logoOrigins: variable('SBP_BANKS_LOGO_ORIGINS', origins),
    }),
    v.partialCheck(
      [['url'], ['client']],
      (settings) => clientFault(settings) === null,
      ({ input }) => `SBP_BANKS_CLIENT ${clientFault(input)!}`,
    ),
    v.transform(({ url, client, logoOrigins: others }): BankListSource | null => {
      if (url === null) return null;
      const logoOrigins = [NSPK_ORIGIN, ...others];
      const version = widgetVersion(url);
      if (version === null) return { kind: 'file', url, apiKey: null, logoOrigins };
      return { kind: 'widget', url, version, client: client ?? '', logoOrigins };
    }),
  );
}

/** Returns the version of the widget API at this address; `null` for a plain list. */
function widgetVersion(url: string): 1 | 2 | null {
  if (url.endsWith('/v1')) return 1;
  return url.endsWith('/v2') ? 2 : null;
}

/** Returns the fault of `SBP_BANKS_CLIENT`; `null` when the client suits the address. */
function clientFault({ url, client }: { url: string | null; client: string | null }): string | null {
  const version = widgetVersion(url ?? '');
  if (version === null) {
    return client === null ? null : 'needs an SBP_BANKS_URL that ends in /v1 or /v2, the widget API';
  }
  if (version === 1 && !/^[\x21-\x7e][\x20-\x7e]{0,62}[\x21-\x7e]$/.test(client ?? '')) {
    return 'must be 2 to 64 Latin characters with a /v1 SBP_BANKS_URL: your brand';
  }
  if (version === 2 && !/^[\x21-\x7e]{12}$/.test(client ?? '')) {
    return 'must be 12 characters with a /v2 SBP_BANKS_URL: the id that NSPK gave you';
  }
  return null;
}

/** NSPK's public list. */
export function nspkList(): BankListSource {
  return { kind: 'file', url: DEFAULT_BANKS_URL, apiKey: null, logoOrigins: [] };
}
