import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../../protocol/banks.ts';
import { isOpen } from '../../../protocol/status.ts';
import type { BankDirectory } from '../../banks/directory.ts';
import type { Context } from '../../payments/context.ts';
import { DEVICE_HEADERS, platformOf, readDevice } from './device.ts';
import { EventStream } from '../../live/event-stream.ts';
import type { LiveHub } from '../../live/hub.ts';
import { findPayment } from '../../payments/model/queries.ts';
import type { Payment } from '../../payments/model/payment.ts';
import { invalidToken, requireToken } from '../plumbing/auth.ts';
import { ALSO_HEAD } from '../plumbing/headers.ts';
import { payersBankList } from '../bank-list-view.ts';
import { payerActions } from './payer-actions.ts';
import { inlineQr, qrLabel } from '../pages/inline-qr.ts';
import { preferredLanguage } from '../pages/language.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { snapshotView } from './snapshot-view.ts';
import type { StreamSlots } from './stream-limits.ts';
import { parseQuery } from '../plumbing/validate.ts';

const DAY_S = 24 * 3600;

/** `platform`: what the page has found out that a request does not tell, such as an iPad behind a Mac's User-Agent. */
export const payersBanksQuery = v.object({
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`)),
});

/** `/checkout/v1`: for the payer's page, behind the payment token. */
export function checkoutApi(ctx: Context, banks: BankDirectory, hub: LiveHub, slots: StreamSlots) {
  return (app: FastifyInstance): void => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    app.get('/session', async (request, reply) => {
      varyByDevice(reply);
      return snapshotView(ctx, await openPayment(request), readDevice(request.headers));
    });

    app.get('/session/banks', async (request, reply) => {
      varyByDevice(reply);
      const payment = await openPayment(request);
      const { platform } = parseQuery(payersBanksQuery, request.query);
      return payersBankList(ctx, banks, payment, platform ?? platformOf(readDevice(request.headers)));
    });

    // The hosted page's plain script has no encoder, which would be most of it.
    app.get('/session/qr', async (request, reply) => {
      const { status, presentation, amount, currency } = await openPayment(request);
      const language = preferredLanguage(request.headers['accept-language']);
      const code =
        status === 'created' && presentation.kind === 'link'
          ? inlineQr(presentation.url, qrLabel(amount, currency, language))
          : null;
      if (!code) throw new ProblemError('qr_not_found', 'There is no code to show now.');
      return reply.type('image/svg+xml').send(code.toString());
    });

    // A HEAD would hold a connection on which nothing can ever be said.
    app.get('/session/events', { exposeHeadRoute: false }, async (request, reply) => {
      const payment = await openPayment(request);
      const seen = lastEventId(request);
      if (!isOpen(payment.status) && payment.version <= seen) return reply.code(204).send();
      return openStream(request, reply, payment.id, seen);
    });

    payerActions(app, ctx, openPayment);

    // An image element sends no token; a bank's logo is nobody's secret.
    app.get<{ Params: { id: string } }>(
      '/banks/:id/logo',
      { ...ALSO_HEAD, config: { limited: false } },
      async (request, reply) => {
        const logo = await banks.logo(request.params.id);
        if (!logo) throw new ProblemError('logo_not_found', 'There is no logo of this bank.');
        return reply
          .header('cache-control', `public, max-age=${DAY_S}`)
          .header('x-content-type-options', 'nosniff')
          .type(logo.type)
          .send(logo.bytes);
      },
    );

    async function openPayment(request: FastifyRequest): Promise<Payment> {
      const payment = await findPayment(ctx.store.read, requireToken(request, ctx.tokens));
      if (!payment || payment.erased) throw invalidToken();
      return payment;
    }

    async function openStream(
      request: FastifyRequest,
      reply: FastifyReply,
      paymentId: string,
      seen: number,
    ): Promise<void> {
      const device = readDevice(request.headers);
      const giveBack = slots.take(request.ip, paymentId);
      // Hijacked: Fastify's own reply object would cost each open stream four times the memory.
      reply.hijack();
      const response = reply.raw;
      response.on('close', giveBack);
      // Gone already: its `close` has been.
      if (response.destroyed) {
        giveBack();
        return;
      }
      response.writeHead(200, {
        // What hooks have set so far, CORS among it.
        ...(reply.getHeaders() as Record<string, string>),
        'content-type': 'text/event-stream',
        'cache-control': 'no-store, no-transform',
        'x-accel-buffering': 'no',
      });
      const stream = new EventStream({
        response,
        seen,
        render: (payment) => snapshotView(ctx, payment, device),
        onPushed: (ms) => ctx.metrics.pushed(ms),
      });
      const unsubscribe = hub.subscribe(paymentId, stream);
      response.on('close', unsubscribe);
      // Read only after subscribing: a change in between is heard, and versions sort out which one is newer.
      const payment = await findPayment(ctx.store.read, paymentId);
      if (!payment || payment.erased) stream.drain();
      else stream.update(payment);
    }
  };
}

/** On top of what CORS has named. */
function varyByDevice(reply: FastifyReply): void {
  const named = reply.getHeader('vary');
  reply.header('vary', named === undefined ? DEVICE_HEADERS : `${String(named)}, ${DEVICE_HEADERS}`);
}

function lastEventId(request: FastifyRequest): number {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : -1;
}
