import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Config } from '../../config.ts';
import type { Context } from '../../payments/context.ts';
import { findDeliveries, findDelivery, redeliver, sendTest } from '../../notifications/deliveries.ts';
import { callbackUrl } from './payment-request-schema.ts';
import type { DeliveryRow } from '../../store/schema.ts';
import type { IdempotentCalls } from '../plumbing/idempotency.ts';
import { pageOf, pageQueryEntries } from './pagination.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { parseInput, parseQuery } from '../plumbing/validate.ts';

export const deliveryListQuery = v.object({
  payment_id: v.exactOptional(v.string('must be given once')),
  ...pageQueryEntries('deliveries'),
});

export function testRequestSchema(config: Config) {
  return v.object({ callback_url: callbackUrl(config) });
}

/** `/deliveries` and `/test/webhook`: the log of our webhooks. */
export function deliveryRoutes(app: FastifyInstance, ctx: Context, calls: IdempotentCalls): void {
  const testRequest = testRequestSchema(ctx.config);

  app.get('/deliveries', async (request) => {
    const { payment_id: paymentId, cursor, limit } = parseQuery(deliveryListQuery, request.query);
    const rows = await findDeliveries(ctx.store.read, { paymentId, after: cursor, limit: limit + 1 });
    return pageOf('deliveries', rows, limit, deliveryView);
  });

  app.post<{ Params: { id: string } }>('/deliveries/:id/redeliver', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      async begin() {
        const delivery = await findDelivery(ctx.store.read, request.params.id);
        if (!delivery) throw new ProblemError('delivery_not_found', 'There is no such delivery.');
        if (delivery.body === '')
          throw new ProblemError(
            'delivery_erased',
            'What this delivery said has been erased with the personal data in it.',
          );
        return { status: 202, body: deliveryView(await redeliver(ctx, delivery)) };
      },
    });
    return reply.code(answer.status).send(answer.body);
  });

  app.post('/test/webhook', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      async begin() {
        const input = parseInput(testRequest, request.body);
        return { status: 202, body: deliveryView(await sendTest(ctx, input.callback_url)) };
      },
    });
    return reply.code(answer.status).send(answer.body);
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
