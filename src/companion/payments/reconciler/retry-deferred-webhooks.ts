import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import { bringDeferredForward, retryDeferredWebhook } from '../reports/deferred-webhooks.ts';
import { BATCH_SIZE, type Busy, type Job } from './job.ts';

/** Tries webhooks again that could not be followed when they came. */
export const RETRY_DEFERRED_WEBHOOKS: Job = {
  name: 'retry deferred webhooks',
  async findDue(ctx, busy) {
    const rows = await planned(ctx, busy)
      .select(['provider', 'reportJson', 'tries', 'receivedAt'])
      .where('nextTryAt', '<=', ctx.now())
      .orderBy('nextTryAt')
      .limit(BATCH_SIZE)
      .execute();
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const delivery = JSON.parse(row.reportJson!) as ProviderDelivery;
      const due = { provider, delivery, tries: row.tries, receivedAt: row.receivedAt };
      return {
        key: delivery.deliveryId,
        provider,
        run: () => retryDeferredWebhook(ctx, due),
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
