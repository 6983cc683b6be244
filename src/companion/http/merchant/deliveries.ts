import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Context } from '../../payments/context.ts';
import { findDeliveries, findDelivery, redeliver, sendTest } from '../../notifications/deliveries.ts';
import { callbackUrl } from './payment-request-schema.ts';
import type { DeliveryRow } from '../../store/schema.ts';
import type { IdempotencyKeys } from '../plumbing/idempotency.ts';
import { pageQueryEntries, toPage } from './pagination.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { deliverySchema, pageSchema } from './response-schemas.ts';
import { merchantGet, merchantPost } from './route.ts';

const deliveryListQuery = v.object({
  payment_id: v.exactOptional(v.string('must be given once')),
  ...pageQueryEntries('deliveries'),
});

/** Registers `/deliveries` and `/test/webhook`: the log of our webhooks. */
export function deliveryRoutes(app: FastifyInstance, ctx: Context, keys: IdempotencyKeys): void {
  merchantGet(app, {
    path: '/deliveries',
    summary: 'The log of our webhooks, newest first',
    query: deliveryListQuery,
    response: pageSchema(deliverySchema),
    refusals: ['invalid_fields'],
    async handle({ readQuery }) {
      const { payment_id: paymentId, cursor, limit } = readQuery();
      const rows = await findDeliveries(ctx.store.read, { paymentId, after: cursor, limit: limit + 1 });
      return toPage('deliveries', rows, limit, deliveryView);
    },
  });

  merchantPost(app, keys, {
    path: '/deliveries/{delivery_id}/redeliver',
    summary: 'Send a webhook once more',
    status: 202,
    response: deliverySchema,
    refusals: ['delivery_not_found', 'delivery_erased'],
    async begin({ params }) {
      const delivery = await findDelivery(ctx.store.read, params.delivery_id);
      if (!delivery) throw new ProblemError('delivery_not_found', 'There is no such delivery.');
      if (delivery.body === '') {
        throw new ProblemError(
          'delivery_erased',
          'The body of this delivery was erased with the personal data in it.',
        );
      }
      return deliveryView(await redeliver(ctx, delivery));
    },
  });

  merchantPost(app, keys, {
    path: '/test/webhook',
    summary: 'Send a signed test event',
    body: v.object({ callback_url: callbackUrl(ctx.config) }),
    status: 202,
    response: deliverySchema,
    refusals: ['invalid_fields'],
    begin: async ({ readBody }) => deliveryView(await sendTest(ctx, readBody().callback_url)),
  });
}

function deliveryView(delivery: DeliveryRow) {
  return {
    delivery_id: delivery.deliveryId,
    payment_id: delivery.paymentId,
    event: delivery.event,
    url: delivery.url,
    status:
      delivery.deliveredAt !== null ? 'delivered' : delivery.nextAttemptAt !== null ? 'pending' : 'given_up',
    attempts: delivery.attempts,
    last_status: delivery.lastStatus,
    last_error: delivery.lastError,
    created_at: iso(delivery.createdAt),
    delivered_at: delivery.deliveredAt === null ? null : iso(delivery.deliveredAt),
    next_attempt_at: delivery.nextAttemptAt === null ? null : iso(delivery.nextAttemptAt),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
