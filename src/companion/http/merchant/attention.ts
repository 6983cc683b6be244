import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Context } from '../../payments/context.ts';
import { findAttention } from '../../payments/model/attention.ts';
import { ATTENTION_OUTCOMES } from '../../store/attention-reasons.ts';
import { findPayment } from '../../payments/model/queries.ts';
import { reserveKey } from '../../payments/model/idempotency.ts';
import { kopecks, words } from './request-fields.ts';
import { ResolveRefused, resolveAttention } from '../../payments/lifecycle/resolve-attention.ts';
import type { Payment } from '../../payments/model/payment.ts';
import type { AttentionRow } from '../../store/schema.ts';
import type { IdempotentCalls } from '../plumbing/idempotency.ts';
import { attentionView } from './payment-view.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { parseInput } from '../plumbing/validate.ts';

export const resolveRequestSchema = v.object({
  outcome: v.pipe(
    v.picklist(ATTENTION_OUTCOMES, `must be one of ${ATTENTION_OUTCOMES.join(', ')}`),
    v.description('What was found out about the money. Each reason takes some of them.'),
  ),
  amount: v.pipe(
    v.nullish(kopecks, null),
    v.description('Kopecks that went out, with money_out of a refund whose sum is not reported.'),
  ),
  note: v.pipe(v.nullish(words(500), null), v.description('Yours.')),
});

interface Params {
  readonly id: string;
  readonly attentionId: string;
}

/** `/payments/{id}/attention/{attention_id}/resolve`: a person has looked. */
export function attentionRoutes(app: FastifyInstance, ctx: Context, calls: IdempotentCalls): void {
  app.post<{ Params: Params }>('/payments/:id/attention/:attentionId/resolve', async (request, reply) => {
    const { id, attentionId } = request.params;
    const answer = await calls.run(request, reply, {
      async begin(key) {
        const input = await readResolution(request);
        try {
          const { attention, payment } = await resolveAttention(
            ctx,
            { paymentId: id, attentionId, resolution: input },
            async (trx) => {
              if (key) await reserveKey(trx, key.name, key.bodyHash, attentionId, ctx.now());
            },
          );
          return { status: 200, body: resolvedView(attention, payment) };
        } catch (error) {
          throw error instanceof ResolveRefused ? toProblem(error) : error;
        }
      },
      // Cut off by a crash after it was resolved.
      async resume() {
        const payment = await findPayment(ctx.store.read, id);
        const attention = await findAttention(ctx.store.read, id, attentionId);
        if (!payment || !attention) throw new Error('a resolved attention is gone');
        return { status: 200, body: resolvedView(attention, payment) };
      },
    });
    return reply.code(answer.status).send(answer.body);
  });

  /** Refuses an unknown payment or attention before it looks at the body. */
  async function readResolution({ params, body }: { params: Params; body: unknown }) {
    const { id, attentionId } = params;
    if (!(await findPayment(ctx.store.read, id)))
      throw new ProblemError('payment_not_found', 'There is no such payment.');
    if (!(await findAttention(ctx.store.read, id, attentionId)))
      throw new ProblemError('attention_not_found', 'This payment has no such attention.');
    return parseInput(resolveRequestSchema, body);
  }
}

function resolvedView(attention: AttentionRow, payment: Payment) {
  return {
    ...attentionView(attention),
    payment_status: payment.status,
    refunded_amount: payment.refundedAmount,
  };
}

function toProblem({ code, message, errors }: ResolveRefused): ProblemError {
  switch (code) {
    case 'payment_not_found':
    case 'attention_not_found':
      return new ProblemError(code, message);
    case 'attention_resolved':
      return new ProblemError(code, message);
    case 'invalid_fields':
      return invalidFields(errors);
  }
}
