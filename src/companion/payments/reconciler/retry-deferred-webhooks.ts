import type { Context } from '../context.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import { LONGEST_SILENT_PAUSE_MS, retryDeferredWebhook } from '../reports/deferred-webhooks.ts';
import { BATCH_SIZE, findDueRows, type Busy, type Job } from './job.ts';

/** Retries webhooks that could not be applied when they arrived. */
export const RETRY_DEFERRED_WEBHOOKS: Job = {
  name: 'retry deferred webhooks',
  async findDue(ctx, busy) {
    const rows = await findDueRows(ctx.now(), LONGEST_SILENT_PAUSE_MS, (comparison, time) =>
      planned(ctx, busy)
        .select(['provider', 'report_json', 'tries', 'received_at', 'next_try_at'])
        .where('next_try_at', comparison, time)
        .orderBy('next_try_at')
        .limit(BATCH_SIZE)
        .execute(),
    );
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const delivery = JSON.parse(row.report_json!) as ProviderDelivery;
      const due = {
        provider,
        delivery,
        tries: row.tries,
        receivedAt: row.received_at,
        nextTryAt: row.next_try_at,
      };
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
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('provider_deliveries')
    .where('next_try_at', 'is not', null)
    .where('delivery_id', 'not in', keys)
    .where('provider', 'not in', providers);
}
