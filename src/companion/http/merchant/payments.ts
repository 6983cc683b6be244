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
import { paymentRequestSchema } from './payment-request-schema.ts';
import type { IdempotencyKeys } from '../plumbing/idempotency.ts';
import { pageQueryEntries, toPage } from './pagination.ts';
import { attentionView, createdView, eventView, paymentView } from './payment-view.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import {
  createdPaymentSchema,
  listedPaymentSchema,
  pageSchema,
  paymentSchema,
  paymentWithEventsSchema,
} from './response-schemas.ts';
import { merchantGet, merchantPost } from './route.ts';

const paymentListQuery = v.object({
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

const cancelRequestSchema = v.object({
  on_late: v.pipe(
    v.nullish(v.picklist(['tell', 'refund'], 'must be "tell" or "refund"'), null),
    v.description(
      'What is done with money that comes later: it counts and you are told, or it is given back whole as well. "tell" unless given; a later cancel may change it.',
    ),
  ),
});

type CancelRequest = v.InferOutput<typeof cancelRequestSchema>;

/** Registers `/payments` and `/qrs`: create, look up and cancel payments. */
export function paymentRoutes(app: FastifyInstance, ctx: Context, keys: IdempotencyKeys): void {
  const circumstances = () => ({ config: ctx.config, providers: ctx.providers, now: ctx.now() });

  merchantPost(app, keys, {
    path: '/payments',
    summary: 'Create a payment',
    body: paymentRequestSchema(circumstances()),
    status: 201,
    response: createdPaymentSchema,
    refusals: ['invalid_fields'],
    async begin({ request }, key) {
      // The declared schema, with the present time.
      const read = readPaymentRequest(request.body, circumstances());
      if ('errors' in read) throw invalidFields(read.errors);
      const payment = await createPayment(ctx, read.request, async (trx, paymentId) => {
        if (key) await reserveKey(trx, key.name, key.bodyHash, paymentId, ctx.now());
      });
      return createdView(ctx, payment, readExtras(request.body));
    },
    // Finishes the stored payment. The times in the body are not checked again: they may be past by now.
    async resume({ request }, paymentId) {
      const payment = await registerWithProvider(ctx, await existing(paymentId));
      return createdView(ctx, payment, readExtras(request.body));
    },
  });

  merchantGet(app, {
    path: '/payments',
    summary: 'List payments, newest first',
    query: paymentListQuery,
    response: pageSchema(listedPaymentSchema),
    refusals: ['invalid_fields'],
    async handle({ readQuery }) {
      const query = readQuery();
      const { order_id: orderId, status, cursor, limit } = query;
      const attention = query.attention === 'true';
      const filter = { orderId, status, attention, after: cursor, limit: limit + 1 };
      const payments = await findPage(ctx.store.read, filter);
      const page = toPage('payments', payments, limit, (payment) => payment);
      const views = await Promise.all(page.items.map((payment) => paymentView(ctx, payment)));
      if (!attention) return { ...page, items: views };
      const ids = page.items.map(({ id }) => id);
      const open = await findOpenAttentionOf(ctx.store.read, ids);
      const items = views.map((view) => ({
        ...view,
        attention: open.filter(({ paymentId }) => paymentId === view.payment_id).map(attentionView),
      }));
      return { ...page, items };
    },
  });

  merchantGet(app, {
    path: '/payments/{payment_id}',
    summary: 'A payment with its history',
    response: paymentWithEventsSchema,
    refusals: ['payment_not_found'],
    async handle({ params }) {
      const payment = await existing(params.payment_id);
      const events = await findEvents(ctx.store.read, payment.id);
      const attention = await findOpenAttention(ctx.store.read, payment.id);
      return {
        ...(await paymentView(ctx, payment)),
        attention: attention.map(attentionView),
        events: events.map(eventView),
      };
    },
  });

  const cancel = {
    body: cancelRequestSchema,
    bodyOptional: true,
    status: 200,
    response: paymentSchema,
    refusals: ['invalid_fields', 'payment_not_found', 'not_cancelable'],
  } as const;

  merchantPost(app, keys, {
    ...cancel,
    path: '/payments/{payment_id}/cancel',
    summary: 'End an unpaid payment',
    begin: async ({ params, readBody }) => end(await existing(params.payment_id), readBody),
  });

  merchantPost(app, keys, {
    ...cancel,
    path: '/qrs/{id}/close',
    summary: 'The same by the QR’s id, or by the payment’s',
    async begin({ params, readBody }) {
      const payment = (await findByQr(ctx.store.read, params.id)) ?? (await existing(params.id));
      return end(payment, readBody);
    },
  });

  async function end(payment: Payment, readBody: () => CancelRequest) {
    const { on_late: onLate } = readBody();
    const obstacle = onLate === 'refund' ? await lateRefundObstacle(ctx, payment) : null;
    if (obstacle !== null) throw invalidFields([{ path: 'on_late', message: obstacle }]);
    const after = await cancelPayment(ctx, payment, { source: 'merchant', onLate });
    if (after.status !== 'canceled') {
      const detail = isOpen(after.status)
        ? 'The bank is working on the payment: it cannot be canceled now.'
        : `The payment is ${after.status}: there is nothing to cancel.`;
      throw new ProblemError('not_cancelable', detail);
    }
    return paymentView(ctx, after);
  }

  async function existing(id: string): Promise<Payment> {
    const payment = await findPayment(ctx.store.read, id);
    if (!payment) throw new ProblemError('payment_not_found', 'There is no such payment.');
    return payment;
  }
}
