import type { FastifyInstance } from 'fastify';
import type { BankDirectory } from '../banks/directory.ts';
import type { Context } from '../context.ts';
import { requireApiKey } from './auth.ts';
import { IdempotentCalls } from './idempotent-calls.ts';
import { readJsonOnly } from './json-body.ts';
import { bankRoutes } from './merchant/banks.ts';
import { deliveryRoutes } from './merchant/deliveries.ts';
import { paymentRoutes } from './merchant/payments.ts';
import { refundRoutes } from './merchant/refunds.ts';
import { attentionRoutes } from './merchant/attention.ts';

/** `/api/sbp/v1`: for the merchant's server only, behind the API key. */
export function merchantApi(ctx: Context, banks: BankDirectory) {
  return (app: FastifyInstance): void => {
    const authorize = requireApiKey(ctx.config.apiKeys);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      authorize(request);
    });
    readJsonOnly(app);
    const calls = new IdempotentCalls(ctx);
    paymentRoutes(app, ctx, calls);
    refundRoutes(app, ctx, calls);
    attentionRoutes(app, ctx, calls);
    deliveryRoutes(app, ctx, calls);
    bankRoutes(app, ctx, banks);
  };
}
