import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { PAYMENT_STATUSES, isOpen } from '../../../protocol/status.ts';
import type { Context } from '../../payments/context.ts';
import { registerWithProvider } from '../../payments/lifecycle/register-with-provider.ts';
import { findOpenAttention, findOpenAttentionOf } from '../../payments/model/attention.ts';
import { cancelPayment } from '../../payments/lifecycle/cancel.ts';
import { lateRefundObstacle } from '../../payments/refunds/late-refund.ts';
import { createPayment } from '../../payments/lifecycle/create.ts';
import { findByQr, findEvents, findPage, findPayment } from '../../payments/model/queries.ts';
import { reserveKey } from '../../payments/model/idempotency.ts';
import type { Payment } from '../../payments/model/payment.ts';
import { readExtras, readPaymentRequest } from './payment-request.ts';
import type { IdempotentCalls } from '../plumbing/idempotency.ts';
import { pageQueryEntries, pageOf } from './pagination.ts';
import { attentionView, createdView, eventView, paymentView } from './payment-view.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { parseInput, parseQuery } from '../plumbing/validate.ts';

export const paymentListQuery = v.object({
  order_id: v.exactOptional(v.string('must be given once')),
  status: v.exactOptional(v.picklist(PAYMENT_STATUSES, `must be one of ${PAYMENT_STATUSES.join(', ')}`)),
  attention: v.exactOptional(
    v.pipe(
      v.picklist(['true'], 'must be true, or left out'),
      v.description('Only payments that a person should look at, each with its open `attention[]`.'),
    ),
  ),
  ...pageQueryEntries('payments'),
});

export const cancelRequestSchema = v.object({
  on_late: v.pipe(
    v.nullish(v.picklist(['tell', 'refund'], 'must be "tell" or "refund"'), null),
    v.description(
      'What is done with money that comes later: it counts and you are told, or it is given back whole as well. "tell" unless given; a later cancel may change it.',
    ),
  ),
});

/** `/payments` and `/qrs`: make, look up and end payments. */
export function paymentRoutes(app: FastifyInstance, ctx: Context, calls: IdempotentCalls): void {
  app.post('/payments', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      async begin(key) {
        const read = readPaymentRequest(request.body, {
          config: ctx.config,
          providers: ctx.providers,
          now: ctx.now(),
        });
        if ('errors' in read) throw invalidFields(read.errors);
        const payment = await createPayment(ctx, read.request, async (trx, paymentId) => {
          if (key) await reserveKey(trx, key.name, key.bodyHash, paymentId, ctx.now());
        });
        return { status: 201, body: await createdView(ctx, payment, readExtras(request.body)) };
      },
      // Cut off by a crash: the stored intent is carried to its end, the body's times are not judged again.
      async resume(paymentId) {
        const payment = await registerWithProvider(ctx, await existing(paymentId));
        return { status: 201, body: await createdView(ctx, payment, readExtras(request.body)) };
      },
    });
    return reply.code(answer.status).send(answer.body);
  });

  app.get<{ Params: { id: string } }>('/payments/:id', async (request) => {
    const payment = await existing(request.params.id);
    const events = await findEvents(ctx.store.read, payment.id);
    const attention = await findOpenAttention(ctx.store.read, payment.id);
    return {
      ...(await paymentView(ctx, payment)),
      attention: attention.map(attentionView),
      events: events.map(eventView),
    };
  });

  app.get('/payments', async (request) => {
    const query = parseQuery(paymentListQuery, request.query);
    const { order_id: orderId, status, cursor, limit } = query;
    const attention = query.attention === 'true';
    const filter = { orderId, status, attention, after: cursor, limit: limit + 1 };
    const payments = await findPage(ctx.store.read, filter);
    const page = pageOf('payments', payments, limit, (payment) => payment);
    const views = await Promise.all(page.items.map((payment) => paymentView(ctx, payment)));
    if (!attention) return { ...page, items: views };
    const ids = page.items.map(({ id }) => id);
    const open = await findOpenAttentionOf(ctx.store.read, ids);
    const items = views.map((view) => ({
      ...view,
      attention: open.filter(({ payment_id }) => payment_id === view.payment_id).map(attentionView),
    }));
    return { ...page, items };
  });

  app.post<{ Params: { id: string } }>('/payments/:id/cancel', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      begin: async () => end(await existing(request.params.id), request.body),
    });
    return reply.code(answer.status).send(answer.body);
  });

  app.post<{ Params: { id: string } }>('/qrs/:id/close', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      async begin() {
        const { id } = request.params;
        const payment = (await findByQr(ctx.store.read, id)) ?? (await existing(id));
        return end(payment, request.body);
      },
    });
    return reply.code(answer.status).send(answer.body);
  });

  async function end(payment: Payment, body: unknown) {
    // A body is not needed.
    const { on_late: onLate } = parseInput(cancelRequestSchema, body ?? {});
    const obstacle = onLate === 'refund' ? await lateRefundObstacle(ctx, payment) : null;
    if (obstacle !== null) throw invalidFields([{ path: 'on_late', message: obstacle }]);
    const after = await cancelPayment(ctx, payment, { source: 'merchant', onLate });
    if (after.status !== 'canceled') {
      const detail = isOpen(after.status)
        ? 'The bank is working on the payment: it cannot be canceled now.'
        : `The payment is ${after.status}: there is nothing to cancel.`;
      throw new ProblemError('not_cancelable', detail);
    }
    return { status: 200, body: await paymentView(ctx, after) };
  }

  async function existing(id: string): Promise<Payment> {
    const payment = await findPayment(ctx.store.read, id);
    if (!payment) throw new ProblemError('payment_not_found', 'There is no such payment.');
    return payment;
  }
}
