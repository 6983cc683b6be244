import type { BankList, Platform } from '../../protocol/banks.ts';
import type { BankDirectory } from '../banks/directory.ts';
import { aliasesOf } from '../banks/aliases.ts';
import { bankListFor } from '../banks/links.ts';
import type { ListedBank } from '../banks/parse-list.ts';
import type { Context } from '../payments/context.ts';
import type { Payment } from '../payments/model/payment.ts';

/** Returns the banks with their links for one payment; no banks for a payment without a link. */
export function payerBankList(
  ctx: Pick<Context, 'config' | 'providers'>,
  banks: BankDirectory,
  payment: Payment,
  platform: Platform,
): BankList {
  if (payment.presentation.kind !== 'link') return { platform, banks: [] };
  return bankListFor(banks.banks(platform), payment.presentation.url, platform, {
    logoUrl: (bank) => logoUrl(ctx, bank),
    ownBanks:
      payment.qrId === null || payment.provider === null
        ? []
        : (ctx.providers[payment.provider].ownBanks?.(payment.qrId) ?? []),
  });
}

/** Returns the list for merchants who build bank links themselves: only banks with a scheme, and no links of a payment. */
export function merchantBankList(ctx: Pick<Context, 'config'>, banks: BankDirectory, platform: Platform) {
  return {
    platform,
    banks: banks.banks(platform).flatMap((bank) => {
      const { id, name, scheme, packageName, webUrl } = bank;
      if (scheme === null) return [];
      return {
        id,
        name,
        logo_url: logoUrl(ctx, bank),
        aliases: aliasesOf(bank),
        scheme,
        ...(platform === 'android' ? { package_name: packageName } : {}),
        ...(platform === 'desktop' ? { web_url: webUrl } : {}),
      };
    }),
  };
}

/** Returns the address of a logo on this server: pages need no other image source, and NSPK does not see the payers. */
function logoUrl(ctx: Pick<Context, 'config'>, bank: ListedBank): string | null {
  return bank.logoUrl === null ? null : `${ctx.config.publicUrl}/checkout/v1/banks/${bank.id}/logo`;
}
