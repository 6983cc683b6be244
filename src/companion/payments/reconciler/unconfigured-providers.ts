import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { isConfigured } from '../../providers/unconfigured-provider.ts';
import { IS_OPEN_PAYMENT, IS_PAID_ATTEMPT } from '../../store/index-conditions.ts';
import type { Reader } from '../../store/store.ts';

/** The age up to which this warning counts a paid payment as refundable, ms. */
const REFUNDABLE_MS = 365 * 24 * 3_600_000;

/**
 * Logs a warning for every provider that has open or refundable payments but no settings: these payments can neither be
 * polled nor refunded, and get no webhooks. Reads only by indexes, so that a million payments do not slow down the start.
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
    // A provider that the code no longer contains has no settings either.
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

/** Returns the providers of open payments. Jumps from name to name in the index, since there may be many open payments. */
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

/** Returns the providers of refundable payments. Reads one payment for each name in the index. */
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
