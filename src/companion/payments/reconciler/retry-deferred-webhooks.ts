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
        .select(['provider', 'reportJson', 'tries', 'receivedAt', 'nextTryAt'])
        .where('nextTryAt', comparison, time)
        .orderBy('nextTryAt')
        .limit(BATCH_SIZE)
        .execute(),
    );
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const delivery = JSON.parse(row.reportJson!) as ProviderDelivery;
      const due = {
        provider,
        delivery,
        tries: row.tries,
        receivedAt: row.receivedAt,
        nextTryAt: row.nextTryAt,
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
      .select('nextTryAt as at')
      .orderBy('nextTryAt')
      .limit(1)
      .executeTakeFirst();
    return next?.at;
  },
};

function planned({ store }: Context, { keys, providers }: Busy) {
  return store.read
    .selectFrom('providerDeliveries')
    .where('nextTryAt', 'is not', null)
    .where('deliveryId', 'not in', keys)
    .where('provider', 'not in', providers);
}
