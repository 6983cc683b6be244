import { PLATFORMS, type Platform } from '../../protocol/banks.ts';
import { parseBankList, type ParsedList } from './parse-list.ts';
import { parseMembers } from './parse-members.ts';

/** Where the bank list comes from. */
export type BankListSource = FileSource | WidgetSource;

/** One list of schemes for all platforms. */
interface FileSource {
  readonly kind: 'file';
  /** NSPK's public list, a copy of it, or an SBP API's `GET /banks`. */
  readonly url: string;
  /** Opens the list; `null` for one that is public. */
  readonly apiKey: string | null;
  readonly logoOrigins: readonly string[];
}

/** The official widget API: a list of ready links for each platform. */
interface WidgetSource {
  readonly kind: 'widget';
  /** Up to and with its version: `https://widget.cbrpay.ru/v2`. */
  readonly url: string;
  readonly version: 1 | 2;
  /** Who asks: a brand's name (v1) or the id that NSPK has given out (v2). */
  readonly client: string;
  /** Other servers than the list's own from which logos are taken. */
  readonly logoOrigins: readonly string[];
}

/** One list to keep: how it is asked for, whom it serves, and what is read in it. */
export interface ListRequest {
  readonly platforms: readonly Platform[];
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Hops that may be followed: none that a secret or an id of ours would go along. */
  readonly maxRedirects: number;
  readonly parse: (value: unknown) => ParsedList;
  /** Goes into the name of the file it is kept in. */
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

/** Of type `qr`, for payments: the templates need no payment link, which would otherwise go to NSPK for each payer. */
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
