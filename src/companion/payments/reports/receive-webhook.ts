import type { Insertable } from 'kysely';
import type { Context } from '../context.ts';
import type { ProviderDelivery } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import { prepared } from '../../store/prepared.ts';
import type { Schema } from '../../store/schema.ts';
import type { Reader } from '../../store/store.ts';
import { applyReport } from './apply-report.ts';
import type { Outcome } from '../model/outcome.ts';
import { withoutTokens } from '../../store/without-tokens.ts';
import { deliveryState, logDeferred } from './deferred-webhooks.ts';
import { publishOutcome } from './publish-outcome.ts';

/** Takes a verified webhook: stored and applied in one transaction, a repeat of it changes nothing. */
export async function receiveWebhook(
  ctx: Context,
  provider: ProviderName,
  delivery: ProviderDelivery,
  body: Buffer,
): Promise<Outcome | 'duplicate'> {
  const result = await ctx.store.write(async (trx) => {
    if (await isKnownDelivery(trx, provider, delivery.deliveryId)) return 'duplicate';
    const cause = { event: delivery.event, source: `provider:${provider}`, detail: delivery.detail };
    const applied = await applyReport(trx, provider, delivery, cause, ctx.now());
    const became = deliveryState({ provider, report: delivery, tries: 0 }, applied, ctx.now());
    await insertDelivery(trx, {
      provider,
      delivery_id: delivery.deliveryId,
      // A provider may send back the link that it leads the payer to.
      body: withoutTokens(body),
      received_at: ctx.now(),
      ...became,
    });
    if (became.next_try_at !== null) logDeferred(trx, { provider, delivery, outcome: became.outcome });
    return applied;
  });
  if (result === 'duplicate') return 'duplicate';
  publishOutcome(ctx, result, delivery);
  return result.outcome;
}

const insertDelivery = prepared((trx, row: Insertable<Schema['provider_deliveries']>) =>
  trx.insertInto('provider_deliveries').values(row),
);

const selectDelivery = prepared((db, { provider, deliveryId }: { provider: string; deliveryId: string }) =>
  db
    .selectFrom('provider_deliveries')
    .select('delivery_id')
    .where('provider', '=', provider)
    .where('delivery_id', '=', deliveryId),
);

/** Whether this message has been taken before. */
export async function isKnownDelivery(db: Reader, provider: string, deliveryId: string): Promise<boolean> {
  return (await selectDelivery(db, { provider, deliveryId })).rows.length > 0;
}
