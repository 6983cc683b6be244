import { bankIntentLink, bankSchemeLink } from '../../protocol/bank-link.ts';
import type { Bank, BankLink, BankList, Platform } from '../../protocol/banks.ts';
import { aliasesOf } from './aliases.ts';
import type { ListedBank } from './parse-list.ts';
import { fillTemplate } from './link-template.ts';

/** A bank that is not in NSPK's list: a provider's own, such as the sandbox's fake one. */
export interface OwnBank {
  readonly id: string;
  readonly name: string;
  readonly aliases: readonly string[];
  /** Opens this payment there: http(s), in most cases the payment link itself. */
  readonly url: string;
}

export interface BankListOptions {
  /** Where the payer's browser gets a bank's logo; `null` when it has none. */
  readonly logoUrl?: (bank: ListedBank) => string | null;
  /** Shown before all others. */
  readonly ownBanks?: readonly OwnBank[];
}

/**
 * The banks with links that are ready to tap. The payment link keeps every byte but its scheme; banks that
 * nothing leads to are left out, so a payment link of an unknown kind gives an empty list.
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
 * What the official API gives for this platform comes first. Without it the bare scheme does, on every platform. On
 * Android the intent form would look safer, but its package name misses apps that were republished under another one,
 * and where no app answers it takes the payer away to NSPK's page, while a scheme nobody answers leaves this page
 * standing with its other ways to pay. The intent stays as the next way, for browsers that refuse bare schemes.
 *
 * Desktops get the scheme as well, because iPads call themselves Macs. No links to web clients of our own making: how
 * each bank wants the payment link put on its address is not specified, and a wrong guess opens a bank's front page.
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
