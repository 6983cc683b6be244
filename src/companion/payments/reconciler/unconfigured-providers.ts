import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { isConfigured } from '../../providers/unconfigured-provider.ts';
import { IS_OPEN_PAYMENT, IS_PAID_ATTEMPT } from '../../store/index-conditions.ts';
import type { Reader } from '../../store/store.ts';

/** How long a payment may be refunded, as far as this warning goes. */
const REFUNDABLE_MS = 365 * 24 * 3_600_000;

/**
 * Warns of every provider that has open or refundable payments and no settings: nobody can ask about these payments, hear of
 * them or refund them. Reads by indexes only, so that a start with a million payments is no slower.
 */
export async function warnOfUnconfiguredProviders({
  providers,
  store,
  log,
  now,
}: Pick<Context, 'providers' | 'store' | 'log' | 'now'>): Promise<void> {
  const open = await providersOfOpenPayments(store.read);
  const refundable = await providersOfRefundablePayments(store.read, now() - REFUNDABLE_MS);
  for (const provider of new Set([...open, ...refundable])) {
    // A name that no code knows any more has no settings either.
    const loaded = providers[provider] as (typeof providers)[ProviderName] | undefined;
    if (loaded && isConfigured(loaded)) continue;
    const what = [open.has(provider) && 'open', refundable.has(provider) && 'refundable'].filter(Boolean);
    log.warn(
      { provider, payments: what.join(', ') },
      `${provider} has ${what.join(' and ')} payments and no settings: nobody asks about them, hears of them or refunds them. ` +
        `Set SBP_${provider.toUpperCase().replaceAll('-', '_')}_… again`,
    );
  }
}

/** Goes from one name to the next in the index: a companion may have many open payments. */
async function providersOfOpenPayments(db: Reader): Promise<Set<ProviderName>> {
  const found = new Set<ProviderName>();
  for (const status of ['created', 'processing'] as const) {
    let last = '';
    for (;;) {
      const next = await db
        .selectFrom('payments')
        .select('provider')
        .where(IS_OPEN_PAYMENT)
        .where('status', '=', status)
        .where('provider', '>', last as ProviderName)
        .orderBy('provider')
        .limit(1)
        .executeTakeFirst();
      if (!next?.provider) break;
      last = next.provider;
      found.add(next.provider);
    }
  }
  return found;
}

/** The same, with a look for one payment of each. */
async function providersOfRefundablePayments(db: Reader, since: number): Promise<Set<ProviderName>> {
  const found = new Set<ProviderName>();
  let last = '';
  for (;;) {
    const next = await db
      .selectFrom('attempts')
      .select('provider')
      .where(IS_PAID_ATTEMPT)
      .where('provider', '>', last as ProviderName)
      .orderBy('provider')
      .limit(1)
      .executeTakeFirst();
    if (!next) return found;
    last = next.provider;
    const one = await db
      .selectFrom('attempts')
      .innerJoin('payments', 'payments.id', 'attempts.paymentId')
      .select('payments.id')
      .where(IS_PAID_ATTEMPT)
      .where('attempts.provider', '=', next.provider)
      .where('attempts.createdAt', '>=', since)
      .where('payments.status', 'in', ['paid', 'partial_refunded'])
      .orderBy('attempts.createdAt', 'desc')
      .limit(1)
      .executeTakeFirst();
    if (one) found.add(next.provider);
  }
}
