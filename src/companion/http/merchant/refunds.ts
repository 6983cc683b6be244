import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Context } from '../../payments/context.ts';
import { failureReasonOf } from '../../payments/model/failure-reason.ts';
import { reserveKey } from '../../payments/model/idempotency.ts';
import { trySendRefund } from '../../payments/refunds/send-refund.ts';
import { createRefund } from '../../payments/refunds/create-refund.ts';
import { findRefund } from '../../payments/refunds/refund-rows.ts';
import { RefundRefused } from '../../payments/refunds/refundable.ts';
import { kopecks, words } from './request-fields.ts';
import type { RefundRow } from '../../store/schema.ts';
import type { IdempotencyKeys } from '../plumbing/idempotency.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { refundSchema } from './response-schemas.ts';
import { merchantGet, merchantPost } from './route.ts';

const refundRequestSchema = v.object({
  payment_id: v.pipe(
    v.string('must be the payment_id of a payment, in double quotes'),
    v.nonEmpty('must not be empty'),
    v.maxLength(64, 'must be the payment_id of a payment, at most 64 characters'),
  ),
  amount: v.pipe(v.nullish(kopecks, null), v.description('Kopecks; all that is left unless given.')),
  reason: v.nullish(words(500), null),
});

/** Registers `/refunds`: full and partial refunds, several for one payment. */
export function refundRoutes(app: FastifyInstance, ctx: Context, keys: IdempotencyKeys): void {
  merchantPost(app, keys, {
    path: '/refunds',
    summary: 'Give money back',
    body: refundRequestSchema,
    status: 201,
    response: refundSchema,
    refusals: ['invalid_fields', 'payment_not_found', 'not_paid', 'not_refundable', 'attention_open'],
    async begin({ readBody }, key) {
      const { payment_id: paymentId, amount, reason } = readBody();
      try {
        const refund = await createRefund(ctx, { paymentId, amount, reason }, async (trx, refundId) => {
          if (key) await reserveKey(trx, key.name, key.bodyHash, refundId, ctx.now());
        });
        return refundView(refund);
      } catch (error) {
        throw error instanceof RefundRefused ? toProblem(error) : error;
      }
    },
    resume: async (_call, refundId) => refundView(await trySendRefund(ctx, await existing(refundId))),
  });

  merchantGet(app, {
    path: '/refunds/{refund_id}',
    summary: 'A refund',
    response: refundSchema,
    refusals: ['refund_not_found'],
    handle: async ({ params }) => refundView(await existing(params.refund_id)),
  });

  async function existing(id: string): Promise<RefundRow> {
    const refund = await findRefund(ctx.store.read, id);
    if (!refund) throw new ProblemError('refund_not_found', 'There is no such refund.');
    return refund;
  }
}

function refundView(refund: RefundRow) {
  return {
    refund_id: refund.id,
    payment_id: refund.paymentId,
    amount: refund.amount,
    reason: refund.reason,
    status: refund.status,
    failure_reason: failureReasonOf(refund),
    created_at: new Date(refund.createdAt).toISOString(),
    updated_at: new Date(refund.updatedAt).toISOString(),
  };
}

function toProblem({ code, message }: RefundRefused): ProblemError {
  return code === 'exceeds_payment'
    ? invalidFields([{ path: 'amount', message }])
    : new ProblemError(code, message);
}
