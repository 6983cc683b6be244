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
import type { IdempotentCalls } from '../plumbing/idempotency.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { parseInput } from '../plumbing/validate.ts';

export const refundRequestSchema = v.object({
  payment_id: v.pipe(
    v.string('must be the payment_id of a payment, in double quotes'),
    v.nonEmpty('must not be empty'),
    v.maxLength(64, 'must be the payment_id of a payment, at most 64 characters'),
  ),
  amount: v.pipe(v.nullish(kopecks, null), v.description('Kopecks; all that is left unless given.')),
  reason: v.nullish(words(500), null),
});

/** `/refunds`: give money back, in full, in part, in several parts. */
export function refundRoutes(app: FastifyInstance, ctx: Context, calls: IdempotentCalls): void {
  app.post('/refunds', async (request, reply) => {
    const answer = await calls.run(request, reply, {
      async begin(key) {
        const input = parseInput(refundRequestSchema, request.body);
        const order = { paymentId: input.payment_id, amount: input.amount, reason: input.reason };
        try {
          const refund = await createRefund(ctx, order, async (trx, refundId) => {
            if (key) await reserveKey(trx, key.name, key.bodyHash, refundId, ctx.now());
          });
          return { status: 201, body: refundView(refund) };
        } catch (error) {
          throw error instanceof RefundRefused ? toProblem(error) : error;
        }
      },
      async resume(refundId) {
        return { status: 201, body: refundView(await trySendRefund(ctx, await existing(refundId))) };
      },
    });
    return reply.code(answer.status).send(answer.body);
  });

  app.get<{ Params: { id: string } }>('/refunds/:id', async (request) =>
    refundView(await existing(request.params.id)),
  );

  async function existing(id: string): Promise<RefundRow> {
    const refund = await findRefund(ctx.store.read, id);
    if (!refund) throw new ProblemError('refund_not_found', 'There is no such refund.');
    return refund;
  }
}

function refundView(refund: RefundRow) {
  return {
    refund_id: refund.id,
    payment_id: refund.payment_id,
    amount: refund.amount,
    reason: refund.reason,
    status: refund.status,
    failure_reason: failureReasonOf(refund),
    created_at: new Date(refund.created_at).toISOString(),
    updated_at: new Date(refund.updated_at).toISOString(),
  };
}

function toProblem({ code, message }: RefundRefused): ProblemError {
  switch (code) {
    case 'payment_not_found':
      return new ProblemError(code, message);
    case 'not_paid':
    case 'not_refundable':
    case 'attention_open':
      return new ProblemError(code, message);
    case 'exceeds_payment':
      return invalidFields([{ path: 'amount', message }]);
  }
}
