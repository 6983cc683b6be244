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
import type { IdempotencyKeys } from '../plumbing/idempotency.ts';
import { attentionView } from './payment-view.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { resolvedAttentionSchema } from './response-schemas.ts';
import { merchantPost } from './route.ts';

const resolveRequestSchema = v.object({
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

/** Registers `/payments/{payment_id}/attention/{attention_id}/resolve`. */
export function attentionRoutes(app: FastifyInstance, ctx: Context, keys: IdempotencyKeys): void {
  merchantPost(app, keys, {
    path: '/payments/{payment_id}/attention/{attention_id}/resolve',
    summary: 'Say what was found out about a payment’s money',
    body: resolveRequestSchema,
    status: 200,
    response: resolvedAttentionSchema,
    refusals: ['invalid_fields', 'payment_not_found', 'attention_not_found', 'attention_resolved'],
    async begin({ params, readBody }, key) {
      const { payment_id: paymentId, attention_id: attentionId } = params;
      // An unknown payment or attention is refused before the body is read.
      await existing(paymentId, attentionId);
      try {
        const { attention, payment } = await resolveAttention(
          ctx,
          { paymentId, attentionId, resolution: readBody() },
          async (trx) => {
            if (key) await reserveKey(trx, key.name, key.bodyHash, attentionId, ctx.now());
          },
        );
        return resolvedView(attention, payment);
      } catch (error) {
        throw error instanceof ResolveRefused ? toProblem(error) : error;
      }
    },
    // The attention was resolved before the crash.
    async resume({ params }) {
      const { attention, payment } = await existing(params.payment_id, params.attention_id);
      return resolvedView(attention, payment);
    },
  });

  async function existing(paymentId: string, attentionId: string) {
    const payment = await findPayment(ctx.store.read, paymentId);
    if (!payment) throw new ProblemError('payment_not_found', 'There is no such payment.');
    const attention = await findAttention(ctx.store.read, paymentId, attentionId);
    if (!attention) throw new ProblemError('attention_not_found', 'This payment has no such attention.');
    return { payment, attention };
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
  return code === 'invalid_fields' ? invalidFields(errors) : new ProblemError(code, message);
}
