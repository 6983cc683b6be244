import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { PLATFORMS } from '../../../protocol/banks.ts';
import { bankListSchema, snapshotSchema } from '../../../protocol/schemas.ts';
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
import { payerBankList } from '../bank-list-view.ts';
import { payerActions } from './payer-actions.ts';
import { inlineQr, qrLabel } from '../pages/inline-qr.ts';
import { preferredLanguage } from '../pages/language.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { route } from '../plumbing/route.ts';
import { payerGet } from './route.ts';
import { snapshotView } from './snapshot-view.ts';
import type { StreamLimits } from './stream-limits.ts';

const DAY_S = 24 * 3600;

const banksQuery = v.object({
  /** Sent by a page that knows more than its request headers say, such as an iPad with the User-Agent of a Mac. */
  platform: v.optional(v.picklist(PLATFORMS, `must be one of ${PLATFORMS.join(', ')}`)),
});

/** Returns `/checkout/v1`, the API of the payer's page. The payment token is required. */
export function checkoutApi(ctx: Context, banks: BankDirectory, hub: LiveHub, limits: StreamLimits) {
  return (app: FastifyInstance): void => {
    app.addHook('onRequest', async (_request, reply) => {
      reply.header('cache-control', 'no-store');
    });

    payerGet(app, {
      path: '/session',
      summary: 'The snapshot',
      responses: [{ status: 200, body: snapshotSchema }],
      refusals: [],
      async handle({ request, reply }) {
        varyByDevice(reply);
        return snapshotView(ctx, await openPayment(request), readDevice(request.headers));
      },
    });

    payerGet(app, {
      path: '/session/events',
      summary: 'Snapshots as Server-Sent Events; 204 when the page has seen all',
      headers: ['Last-Event-ID'],
      responses: [
        { status: 200, body: 'text/event-stream' },
        { status: 204, body: null },
      ],
      refusals: ['too_many_streams'],
      // A HEAD request would hold a connection that can carry no event.
      serving: { exposeHeadRoute: false },
      async handle({ request, reply }) {
        const payment = await openPayment(request);
        const seen = lastEventId(request);
        if (!isOpen(payment.status) && payment.version <= seen) return reply.code(204).send();
        return openStream(request, reply, payment.id, seen);
      },
    });

    payerGet(app, {
      path: '/session/banks',
      summary: 'Bank links, ready to tap; without a platform, for that of the User-Agent',
      query: banksQuery,
      responses: [{ status: 200, body: bankListSchema }],
      refusals: ['invalid_fields'],
      async handle({ request, reply, readQuery }) {
        varyByDevice(reply);
        const payment = await openPayment(request);
        const { platform = platformOf(readDevice(request.headers)) } = readQuery();
        return payerBankList(ctx, banks, payment, platform);
      },
    });

    // The hosted page's script without the element has no QR encoder: the encoder would be most of the script.
    payerGet(app, {
      path: '/session/qr',
      summary: 'The QR code as SVG, for a page that draws none itself',
      responses: [{ status: 200, body: 'image/*' }],
      refusals: ['qr_not_found'],
      async handle({ request, reply }) {
        const { status, presentation, amount, currency } = await openPayment(request);
        const language = preferredLanguage(request.headers['accept-language']);
        const code =
          status === 'created' && presentation.kind === 'link'
            ? inlineQr(presentation.url, qrLabel(amount, currency, language))
            : null;
        if (!code) throw new ProblemError('qr_not_found', 'There is no code to show now.');
        return reply.type('image/svg+xml').send(code.toString());
      },
    });

    payerActions(app, ctx, openPayment);

    // An image element cannot send a token, and logos are public.
    route(app, {
      method: 'get',
      path: '/banks/{id}/logo',
      summary: 'A bank’s logo',
      security: 'none',
      responses: [{ status: 200, body: 'image/*' }],
      refusals: ['origin_not_allowed', 'logo_not_found'],
      serving: { ...ALSO_HEAD, limited: false },
      async handle({ params, reply }) {
        const logo = await banks.logo(params.id);
        if (!logo) throw new ProblemError('logo_not_found', 'There is no logo of this bank.');
        return reply
          .header('cache-control', `public, max-age=${DAY_S}`)
          .header('x-content-type-options', 'nosniff')
          .type(logo.type)
          .send(logo.bytes);
      },
    });

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
      const giveBack = limits.take(request.ip, paymentId);
      // With Fastify's reply object each open stream would take four times the memory.
      reply.hijack();
      const response = reply.raw;
      response.on('close', giveBack);
      // The connection is closed already, and no `close` event will follow.
      if (response.destroyed) {
        giveBack();
        return;
      }
      response.writeHead(200, {
        // Headers that hooks have set, such as CORS.
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
      // Read after subscribing, so that no change is missed. The versions decide which snapshot is newer.
      const payment = await findPayment(ctx.store.read, paymentId);
      if (!payment || payment.erased) stream.drain();
      else stream.update(payment);
    }
  };
}

/** Adds the device headers to the `Vary` that CORS has set. */
function varyByDevice(reply: FastifyReply): void {
  const named = reply.getHeader('vary');
  reply.header('vary', named === undefined ? DEVICE_HEADERS : `${String(named)}, ${DEVICE_HEADERS}`);
}

function lastEventId(request: FastifyRequest): number {
  const header = request.headers['last-event-id'];
  return typeof header === 'string' && /^\d{1,15}$/.test(header) ? Number(header) : -1;
}
