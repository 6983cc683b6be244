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
      .select(['provider', 'report_json', 'tries', 'received_at'])
      .where('next_try_at', '<=', ctx.now())
      .orderBy('next_try_at')
      .limit(FOUND_AT_ONCE)
      .execute();
    return rows.map((row) => {
      const provider = row.provider as ProviderName;
      const report = JSON.parse(row.report_json!) as ProviderDelivery;
      const tried = { provider, report, tries: row.tries, receivedAt: row.received_at };
      return {
        key: report.deliveryId,
        provider,
        run: () => retryDeferredWebhook(ctx, tried, confirmDelivery),
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
