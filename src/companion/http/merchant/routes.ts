import type { FastifyInstance } from 'fastify';
import type { BankDirectory } from '../../banks/directory.ts';
import type { Context } from '../../payments/context.ts';
import { requireApiKey } from '../plumbing/auth.ts';
import { IdempotencyKeys } from '../plumbing/idempotency.ts';
import { readJsonOnly } from '../plumbing/json-body.ts';
import { bankRoutes } from './banks.ts';
import { deliveryRoutes } from './deliveries.ts';
import { paymentRoutes } from './payments.ts';
import { refundRoutes } from './refunds.ts';
import { attentionRoutes } from './attention.ts';

/** Returns `/api/sbp/v1`, the API of the merchant's server. The API key is required. */
export function merchantApi(ctx: Context, banks: BankDirectory) {
  return (app: FastifyInstance): void => {
    const authorize = requireApiKey(ctx.config.apiKeys);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      authorize(request);
    });
    readJsonOnly(app);
    const keys = new IdempotencyKeys(ctx);
    paymentRoutes(app, ctx, keys);
    attentionRoutes(app, ctx, keys);
    refundRoutes(app, ctx, keys);
    bankRoutes(app, ctx, banks);
    deliveryRoutes(app, ctx, keys);
  };
}
