import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../protocol/banks.ts';
import type { BankDirectory } from '../banks/directory.ts';
import type { Context } from '../context.ts';
import { requireApiKey } from './auth.ts';
import { merchantBankList } from './bank-view.ts';
import { IdempotentCalls } from './idempotent-calls.ts';
import { deliveryRoutes } from './merchant/deliveries.ts';
import { paymentRoutes } from './merchant/payments.ts';
import { refundRoutes } from './merchant/refunds.ts';
import { refuseDeepBodies } from './nesting.ts';
import { parseQuery } from './validate.ts';

const banksQuerySchema = v.object({
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`), 'desktop'),
});

/** `/api/sbp/v1`: for the merchant's server only, behind the API key. */
export function merchantApi(ctx: Context, banks: BankDirectory) {
  return (app: FastifyInstance): void => {
    const authorize = requireApiKey(ctx.config.apiKeys);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      authorize(request);
    });
    // Only JSON is read: text that happens to look like it is a mistake worth telling.
    app.removeContentTypeParser('text/plain');
    app.addHook('preHandler', refuseDeepBodies);
    const calls = new IdempotentCalls(ctx);
    paymentRoutes(app, ctx, calls);
    refundRoutes(app, ctx, calls);
    deliveryRoutes(app, ctx, calls);

    app.get('/banks', (request) => {
      const { platform } = parseQuery(banksQuerySchema, request.query);
      return merchantBankList(ctx, banks, platform);
    });
  };
}
