import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import { retryDeferredWebhook } from '../reports/deferred-webhooks.ts';
import { FOUND_AT_ONCE, type Busy, type Chore } from './job.ts';
import { confirmDelivery } from '../reports/webhook-trust.ts';
import { bringDeferredForward } from '../reports/deferred-webhooks.ts';

/** Tries webhooks again that could not be followed when they came. */
export const FURTHER_TRIES: Chore = {
  name: 'further tries',
  async findDue(ctx, busy) {
    const rows = await planned(ctx, busy)
      .select(['provider', 'reportJson', 'tries', 'receivedAt'])
      .where('nextTryAt', '<=', ctx.now())
      .orderBy('nextTryAt')
      .limit(FOUND_AT_ONCE)
      .execute();
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const report = JSON.parse(row.reportJson!) as ProviderDelivery;
      const tried = { provider, report, tries: row.tries, receivedAt: row.receivedAt };
      return {
        key: report.deliveryId,
        provider,
        run: () => retryDeferredWebhook(ctx, tried, confirmDelivery),
      };
    });
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('nextTryAt as at')
      .orderBy('nextTryAt')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
  bringForward: bringDeferredForward,
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('providerDeliveries')
    .where('nextTryAt', 'is not', null)
    .where('deliveryId', 'not in', keys)
    .where('provider', 'not in', providers);
}
