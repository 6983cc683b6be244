import * as v from 'valibot';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { PaymentStatus } from '../../../protocol/status.ts';
import { ALONE, ALSO_HEAD } from '../plumbing/headers.ts';
import { preferredLanguage } from '../pages/language.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { route } from '../plumbing/route.ts';
import { BANK_PAGE_CSS } from './bank-page-css.ts';
import {
  BANK_STYLESHEET_PATH,
  isBankAction,
  renderBankPage,
  renderUnknownBill,
  type BankAction,
} from './bank-page.ts';
import type { SandboxBank } from '../../providers/sandbox/bank.ts';

/** The actions of the script, each with the status that it leads to. */
const STATUS_AFTER: Readonly<Record<string, PaymentStatus>> = {
  process: 'processing',
  pay: 'paid',
  decline: 'failed',
  expire: 'expired',
};

const PAGE_CSP =
  "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

interface BillRoute {
  Params: { qrId: string };
  Querystring: { done?: string };
}

/** Returns `/sandbox`: the fake bank's page, to which its QR leads, and calls for scripts with the same effect. */
export function sandboxRoutes(bank: SandboxBank) {
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'string', bodyLimit: 1024 }, (_request, body, parsed) =>
      parsed(null, body),
    );

    route(app, {
      method: 'post',
      path: '/sandbox/payments/{payment_id}/{action}',
      summary: 'Do at the sandbox’s bank what its page does: process, pay, decline or expire',
      security: 'none',
      responses: [
        {
          status: 200,
          body: v.strictObject({ payment_id: v.string(), status: v.picklist(Object.values(STATUS_AFTER)) }),
        },
      ],
      refusals: [
        'unknown_action',
        'payment_not_found',
        'not_possible_now',
        'body_too_large',
        'webhook_not_taken',
        'store_not_writable',
      ],
      async handle({ params: { payment_id, action } }) {
        const to = Object.hasOwn(STATUS_AFTER, action) ? STATUS_AFTER[action] : undefined;
        if (!to) {
          throw new ProblemError(
            'unknown_action',
            `The actions are ${Object.keys(STATUS_AFTER).join(', ')}.`,
          );
        }
        const bill = await bank.findNewest(payment_id);
        const moved = bill && (await bank.setStatus(bill.reference, to));
        if (!moved) throw new ProblemError('payment_not_found', 'The sandbox bank has no such payment.');
        if (moved.status !== to) {
          throw new ProblemError(
            'not_possible_now',
            `The payment is ${moved.status}: it cannot become ${to}.`,
          );
        }
        if (!moved.reported) {
          throw new ProblemError(
            'webhook_not_taken',
            'The webhook was not taken yet; the bank keeps trying.',
          );
        }
        return { payment_id, status: moved.status };
      },
    });

    app.get<BillRoute>('/sandbox/bank/:qrId', ALSO_HEAD, (request, reply) => showBill(request, reply));

    app.post<BillRoute>(
      '/sandbox/bank/:qrId',
      { config: { refusals: ['body_too_large', 'store_not_writable'] } },
      async (request, reply) => {
        const bill = await bank.findByQr(request.params.qrId);
        const action = new URLSearchParams(typeof request.body === 'string' ? request.body : '').get(
          'action',
        );
        if (!bill || !isBankAction(action)) return showBill(request, reply);
        // The bill may have expired since the page was opened.
        if (bill.status === 'created') await act(bill.reference, action);
        return reply.redirect(`${encodeURIComponent(request.params.qrId)}?done=1`, 303);
      },
    );

    app.get(BANK_STYLESHEET_PATH, ALSO_HEAD, (_request, reply) =>
      reply
        .type('text/css; charset=utf-8')
        .header('cache-control', 'public, max-age=300')
        .send(BANK_PAGE_CSS),
    );

    function act(reference: string, action: BankAction): Promise<unknown> {
      if (action === 'process_then_pay') return bank.paySlowly(reference);
      return bank.setStatus(reference, action === 'pay' ? 'paid' : 'failed');
    }

    async function showBill(request: FastifyRequest<BillRoute>, reply: FastifyReply): Promise<FastifyReply> {
      const locale = preferredLanguage(request.headers['accept-language']);
      const bill = await bank.findByQr(request.params.qrId);
      const page = bill
        ? renderBankPage({
            amount: bill.amount,
            currency: bill.currency,
            merchantName: bill.merchantName,
            orderId: bill.orderId,
            description: bill.description,
            status: bill.status,
            acted: request.query.done === '1',
            locale,
            formAction: bill.qrId,
            returnUrl: bill.returnUrl,
          })
        : renderUnknownBill(locale);
      return reply
        .code(bill ? 200 : 404)
        .headers({ ...ALONE, 'content-security-policy': PAGE_CSP, 'cache-control': 'no-store' })
        .type('text/html; charset=utf-8')
        .send(page);
    }
    done();
  };
}
