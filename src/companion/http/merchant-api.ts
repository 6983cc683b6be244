import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../protocol/banks.ts';
import { PAYMENT_STATUSES } from '../../protocol/status.ts';
import type { BankDirectory } from '../banks/directory.ts';
import type { Context } from '../context.ts';
import { createPayment } from '../payments/create.ts';
import { findEvents, findPage, findPayment } from '../payments/find.ts';
import { reserveKey } from '../payments/idempotency.ts';
import { readExtras, readPaymentRequest } from '../payments/request.ts';
import { requireApiKey } from './auth.ts';
import { merchantBankList } from './bank-view.ts';
import { IdempotentCalls } from './idempotent-calls.ts';
import { createdView, eventView, paymentView } from './payment-view.ts';
import { invalidFields, ProblemError } from './problems.ts';
import { parseQuery } from './validate.ts';

const PAGE_SIZE = 50;
const MAX_PAGE_SIZE = 100;

const pageQuerySchema = v.object({
  order_id: v.exactOptional(v.string('must be given once')),
  status: v.exactOptional(v.picklist(PAYMENT_STATUSES, `must be one of ${PAYMENT_STATUSES.join(', ')}`)),
  cursor: v.exactOptional(
    v.pipe(v.string(), v.regex(/^[A-Za-z0-9_-]{1,32}$/, 'must be a next_cursor of an earlier page')),
  ),
  limit: v.optional(
    v.pipe(
      v.string(),
      v.regex(/^\d{1,3}$/, 'must be a whole number'),
      v.transform(Number),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(MAX_PAGE_SIZE, `must be at most ${MAX_PAGE_SIZE}`),
    ),
    String(PAGE_SIZE),
  ),
});

const banksQuerySchema = v.object({
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`), 'desktop'),
});

/** `/api/sbp/v1`: for the merchant's server only, behind the API key. */
export function merchantApi(ctx: Context, banks: BankDirectory) {
  const calls = new IdempotentCalls(ctx);

  return (app: FastifyInstance): void => {
    const authorize = requireApiKey(ctx.config.apiKeys);
    app.addHook('onRequest', async (request, reply) => {
      reply.header('cache-control', 'no-store');
      authorize(request);
    });

    app.post('/payments', async (request, reply) => {
      const answer = await calls.run(request, reply, {
        begin: (key) => create(request, key),
        // Cut off by a crash: the stored intent is carried to its end, the body's times are not judged again.
        resume: (payment) => ({
          status: 201,
          body: createdView(ctx, payment, readExtras(request.body)),
        }),
      });
      return reply.code(answer.status).send(answer.body);
    });

    async function create(request: FastifyRequest, key: { name: string; bodyHash: string } | null) {
      const read = readPaymentRequest(request.body, {
        config: ctx.config,
        providers: ctx.providers,
        now: ctx.now(),
      });
      if ('errors' in read) throw invalidFields(read.errors);
      const payment = await createPayment(ctx, read.request, async (trx, paymentId) => {
        if (key) await reserveKey(trx, key.name, key.bodyHash, paymentId, ctx.now());
      });
      return { status: 201, body: createdView(ctx, payment, read.request) };
    }

    app.get<{ Params: { id: string } }>('/payments/:id', async (request) => {
      const payment = await findPayment(ctx.store.read, request.params.id);
      if (!payment) throw new ProblemError(404, 'payment_not_found', 'There is no such payment.');
      const events = await findEvents(ctx.store.read, payment.id);
      return { ...paymentView(ctx, payment), events: events.map(eventView) };
    });

    app.get('/payments', async (request) => {
      const query = parseQuery(pageQuerySchema, request.query);
      const payments = await findPage(ctx.store.read, {
        orderId: query.order_id,
        status: query.status,
        after: query.cursor === undefined ? undefined : readCursor(query.cursor),
        limit: query.limit + 1,
      });
      const items = payments.slice(0, query.limit);
      const last = payments.length > items.length ? items.at(-1) : undefined;
      return {
        items: items.map((payment) => paymentView(ctx, payment)),
        next_cursor: last ? Buffer.from(String(last.seq)).toString('base64url') : null,
      };
    });

    app.get('/banks', (request) => {
      const { platform } = parseQuery(banksQuerySchema, request.query);
      return merchantBankList(ctx, banks, platform);
    });
  };
}

function readCursor(cursor: string): number {
  const seq = Buffer.from(cursor, 'base64url').toString('utf8');
  if (!/^\d{1,15}$/.test(seq)) {
    throw invalidFields([{ path: 'cursor', message: 'must be a next_cursor of an earlier page' }]);
  }
  return Number(seq);
}
