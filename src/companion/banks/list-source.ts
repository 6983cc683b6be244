import { PLATFORMS, type Platform } from '../../protocol/banks.ts';
import { parseBankList, type ParsedList } from './parse-list.ts';
import { parseMembers } from './parse-members.ts';

/** The origin of the bank list. */
export type BankListSource = FileSource | WidgetSource;

/** One list of schemes for all platforms. */
interface FileSource {
  readonly kind: 'file';
  /** NSPK's public list, a copy of it, or an SBP API's `GET /banks`. */
  readonly url: string;
  /** The key for the list; `null` for a public list. */
  readonly apiKey: string | null;
  readonly logoOrigins: readonly string[];
}

/** The official widget API: a list of link templates for each platform. */
interface WidgetSource {
  readonly kind: 'widget';
  /** Ends with the version: `https://widget.cbrpay.ru/v2`. */
  readonly url: string;
  readonly version: 1 | 2;
  /** Our name at the API: a brand's name (v1) or the id that NSPK has issued (v2). */
  readonly client: string;
  /** Servers, besides the list's own, from which logos are loaded. */
  readonly logoOrigins: readonly string[];
}

/** One list to download: its address, its platforms and its parser. */
export interface ListRequest {
  readonly platforms: readonly Platform[];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Maximum number of redirects: 0 when the headers contain a secret or an id of ours. */
  readonly maxRedirects: number;
  readonly parse: (value: unknown) => ParsedList;
  /** Part of the name of the file that keeps the list. */
  readonly suffix: string;
}

const MAX_REDIRECTS = 3;

export function requestsOf(source: BankListSource): ListRequest[] {
  if (source.kind === 'widget') return PLATFORMS.map((platform) => membersRequest(source, platform));
  const { url, apiKey } = source;
  return [
    {
      platforms: PLATFORMS,
      url,
      headers: apiKey === null ? {} : { authorization: `Bearer ${apiKey}` },
      maxRedirects: apiKey === null ? MAX_REDIRECTS : 0,
      parse: parseBankList,
      suffix: '',
    },
  ];
}

/**
 * Requests the type `qr`, for payments: its templates need no payment link, so NSPK does not receive each payer's link.
 */
function membersRequest({ url, version, client }: WidgetSource, platform: Platform): ListRequest {
  return {
    platforms: [platform],
    url: version === 1 ? `${url}/members/qr` : `${url}/sbp/members/qr`,
    headers: {
      accept: 'application/json',
      [version === 1 ? 'x-client' : 'x-client-id']: client,
      'x-platform': platform,
    },
    maxRedirects: 0,
    parse: (value) => parseMembers(value, platform),
    suffix: `-${platform}`,
  };
}
