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
      .select(['provider', 'report_json', 'tries', 'received_at'])
      .where('next_try_at', '<=', ctx.now())
      .orderBy('next_try_at')
      .limit(BATCH_SIZE)
      .execute();
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const delivery = JSON.parse(row.report_json!) as ProviderDelivery;
      const due = { provider, delivery, tries: row.tries, receivedAt: row.received_at };
      return {
        key: delivery.deliveryId,
        provider,
        run: () => retryDeferredWebhook(ctx, due),
      };
    });
  },
  async nextAt(ctx, busy) {
    const next = await planned(ctx, busy)
      .select('next_try_at as at')
      .orderBy('next_try_at')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
  bringForward: bringDeferredForward,
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('provider_deliveries')
    .where('next_try_at', 'is not', null)
    .where('delivery_id', 'not in', keys)
    .where('provider', 'not in', providers);
}
