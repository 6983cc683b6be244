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
import { logDeferred, toDeliveryState } from './deferred-webhooks.ts';
import { publishOutcome, type PublishContext } from './publish-outcome.ts';

interface ReceivedWebhook {
  readonly provider: ProviderName;
  /** The parsed and confirmed webhook. */
  readonly delivery: ProviderDelivery;
  /** The raw body. */
  readonly body: Buffer;
}

/**
 * Stores a confirmed webhook and applies it, in one transaction. A webhook that cannot be applied yet is deferred (see
 * deferred-webhooks.ts). A repeated delivery changes nothing.
 */
export async function receiveWebhook(
  ctx: PublishContext & Pick<Context, 'store' | 'now'>,
  { provider, delivery, body }: ReceivedWebhook,
): Promise<Outcome | 'duplicate'> {
  const result = await ctx.store.write(async (trx) => {
    if (await isKnownDelivery(trx, provider, delivery.deliveryId)) return 'duplicate';
    const cause = { event: delivery.event, source: `provider:${provider}`, detail: delivery.detail };
    const applied = await applyReport(trx, { provider, report: delivery, cause, now: ctx.now() });
    const state = toDeliveryState({ provider, delivery, tries: 0 }, applied, ctx.now());
    await insertDelivery(trx, {
      provider,
      deliveryId: delivery.deliveryId,
      // The body may contain the link to the hosted page, and with it the payer's token.
      body: withoutTokens(body),
      receivedAt: ctx.now(),
      ...state,
    });
    if (state.nextTryAt !== null) logDeferred(trx, { provider, delivery, outcome: state.outcome });
    return applied;
  });
  if (result === 'duplicate') return 'duplicate';
  publishOutcome(ctx, result, delivery);
  return result.outcome;
}

const insertDelivery = prepared((trx, row: Insertable<Schema['providerDeliveries']>) =>
  trx.insertInto('providerDeliveries').values(row),
);

const selectDelivery = prepared((db, { provider, deliveryId }: { provider: string; deliveryId: string }) =>
  db
    .selectFrom('providerDeliveries')
    .select('deliveryId')
    .where('provider', '=', provider)
    .where('deliveryId', '=', deliveryId),
);

/** True if this delivery was received before. */
export async function isKnownDelivery(db: Reader, provider: string, deliveryId: string): Promise<boolean> {
  return (await selectDelivery(db, { provider, deliveryId })).rows.length > 0;
}
