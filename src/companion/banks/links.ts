import { bankIntentLink, bankSchemeLink } from '../../protocol/bank-link.ts';
import type { Bank, BankLink, BankList, Platform } from '../../protocol/banks.ts';
import { aliasesOf } from './aliases.ts';
import type { ListedBank } from './parse-list.ts';
import { fillTemplate } from './link-template.ts';

/** A bank that is not in NSPK's list but comes from a provider, such as the sandbox's bank. */
export interface OwnBank {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Opens this payment in the bank: http(s), in most cases the payment link itself. */
  readonly url: string;
}

export interface BankListOptions {
  /** Returns the address of a bank's logo for the payer's browser; `null` when it has none. Defaults to none. */
  readonly logoUrl?: (bank: ListedBank) => string | null;
  /** Shown before all others. Defaults to none. */
  readonly ownBanks?: readonly OwnBank[];
}

/**
 * Returns the banks with links that open this payment. The payment link keeps every byte except its scheme. Banks
 * without a link are left out, so a payment link of an unknown kind gives an empty list.
 */
export function bankListFor(
  banks: readonly ListedBank[],
  paymentLink: string,
  platform: Platform,
  { logoUrl = () => null, ownBanks = [] }: BankListOptions = {},
): BankList {
  const own = ownBanks
    .filter(({ url }) => /^https?:\/\//.test(url))
    .map(({ id, name, aliases, url }): Bank => {
      return { id, name, logo_url: null, aliases, url, links: [{ kind: 'web', url }] };
    });
  const listed = banks.flatMap((bank): Bank[] => {
    const { id, name } = bank;
    const links = linksFor(paymentLink, bank, platform);
    const first = links[0];
    return first
      ? [{ id, name, logo_url: logoUrl(bank), aliases: aliasesOf(bank), url: first.url, links }]
      : [];
  });
  return { platform, banks: [...own, ...listed] };
}

/**
 * The official API's link for this platform comes first. Next comes the bare scheme, on every platform. On Android the
 * intent form would look safer, but its package name misses apps that were republished under another name. When no app
 * answers the intent, the payer lands on NSPK's page; when no app answers the scheme, this page stays, with its other
 * ways to pay. The intent comes last, for browsers that refuse bare schemes.
 * Desktops get the scheme as well, because iPads identify themselves as Macs. There are no links to web clients: no
 * document says how each bank expects the payment link in its address, and a wrong guess opens the bank's front page.
 */
function linksFor(paymentLink: string, bank: ListedBank, platform: Platform): BankLink[] {
  const { scheme, packageName, template } = bank;
  const ready = template === null ? null : fillTemplate(template, paymentLink);
  const schemeLink = scheme === null ? null : bankSchemeLink(paymentLink, scheme);
  const intentLink =
    scheme !== null && platform === 'android' ? bankIntentLink(paymentLink, scheme, packageName) : null;
  const links: BankLink[] = [
    ...(ready ? [ready] : []),
    ...(schemeLink ? [{ kind: 'scheme', url: schemeLink } as const] : []),
    ...(intentLink ? [{ kind: 'intent', url: intentLink } as const] : []),
  ];
  return links.filter(({ url }, index) => links.findIndex((link) => link.url === url) === index);
}
