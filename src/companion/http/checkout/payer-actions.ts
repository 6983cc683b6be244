import type { FastifyInstance, FastifyRequest } from 'fastify';
import * as v from 'valibot';
import { normalizePhone } from '../../../protocol/phone.ts';
import { METHODS } from '../../../protocol/snapshot.ts';
import type { Context } from '../../payments/context.ts';
import { readDevice } from './device.ts';
import { cancelPayment } from '../../payments/lifecycle/cancel.ts';
import { chargeBuyerQr } from '../../payments/lifecycle/charge-buyer-qr.ts';
import { canChooseMethod, chooseMethod } from '../../payments/lifecycle/choose-method.ts';
import { findPayment } from '../../payments/model/queries.ts';
import type { Payment } from '../../payments/model/payment.ts';
import { canPush, pushToPhone } from '../../payments/lifecycle/push.ts';
import { canRenew, renewPayment } from '../../payments/lifecycle/renew.ts';
import { ProviderError } from '../../providers/provider.ts';
import type { ProblemCode } from '../plumbing/problem-codes.ts';
import { invalidFields, ProblemError } from '../plumbing/problems.ts';
import { PushLimits } from './push-limits.ts';
import { payerAction } from './route.ts';
import { snapshotView } from './snapshot-view.ts';

const phone = v.pipe(
  v.string('must be a string'),
  v.maxLength(32, 'must be a Russian phone number such as +7 999 000-11-22'),
  v.transform(normalizePhone),
  v.string('must be a Russian phone number such as +7 999 000-11-22'),
);

const methodSchema = v.object({
  method: v.picklist(METHODS, `must be one of ${METHODS.join(', ')}`),
  phone: v.nullish(phone, null),
});

const pushSchema = v.object({ phone });

/** The format that the scanning bank has published. Any other text is not a payer's code. */
const buyerQrSchema = v.object({
  payload: v.pipe(
    v.string('must be a string'),
    v.trim(),
    v.nonEmpty('must not be empty'),
    v.maxLength(512, 'must be at most 512 characters'),
    v.regex(/^[A-Za-z0-9:/&?.=]*$/, 'must be the text of a payment code'),
  ),
});

/** Registers the actions of the payer's page. */
export function payerActions(
  app: FastifyInstance,
  ctx: Context,
  openPayment: (request: FastifyRequest) => Promise<Payment>,
): void {
  const limits = new PushLimits(ctx);
  const respond = ({ request }: { readonly request: FastifyRequest }, payment: Payment) =>
    snapshotView(ctx, payment, readDevice(request.headers));

  payerAction(app, respond, {
    path: '/session/method',
    summary: 'Choose a method, or another one',
    body: methodSchema,
    refusals: ['invalid_fields', 'method_not_changeable', 'too_many_pushes', 'store_not_writable'],
    async act({ request, readBody }) {
      const payment = await openPayment(request);
      const choice = readBody();
      if (!payment.methods.includes(choice.method)) {
        throw invalidFields([{ path: 'method', message: `must be one of ${payment.methods.join(', ')}` }]);
      }
      const isNew = choice.method !== payment.method && canChooseMethod(payment);
      if (isNew) limits.countAttempt(payment, choice.method, choice.phone);
      const chosen = await chooseMethod(ctx, payment.id, choice);
      if (!chosen) throw conflict('method_not_changeable', payment, 'its method cannot be changed');
      return chosen;
    },
  });

  payerAction(app, respond, {
    path: '/session/push',
    summary: 'A message to the payer’s phone that leads to the payment',
    body: pushSchema,
    refusals: ['invalid_fields', 'not_pushable', 'push_not_sent', 'too_many_pushes'],
    async act({ request, readBody }) {
      const payment = await openPayment(request);
      const { phone } = readBody();
      if (!canPush(ctx, payment)) throw conflict('not_pushable', payment, 'nothing can be sent to a phone');
      limits.count(payment, phone);
      try {
        await pushToPhone(ctx, payment, phone);
      } catch (error) {
        if (!(error instanceof ProviderError)) throw error;
        if (!error.mayHaveTakenEffect) limits.giveBack(payment, phone);
        ctx.log.warn({ payment_id: payment.id, err: error }, 'push to phone not sent');
        // The payer tries again or pays another way. The reason is for the operator only.
        throw new ProblemError('push_not_sent', 'The message was not sent: check the number or try again.');
      }
      return payment;
    },
  });

  payerAction(app, respond, {
    path: '/session/buyer-qr',
    summary: 'Charge the code that the payer has shown',
    body: buyerQrSchema,
    refusals: ['invalid_fields', 'not_scannable', 'store_not_writable'],
    async act({ request, readBody }) {
      const payment = await openPayment(request);
      const { payload } = readBody();
      const charged = await chargeBuyerQr(ctx, payment.id, payload);
      if (charged.kind === 'refused') {
        throw invalidFields([
          { path: 'payload', message: 'is no code that can be charged: scan a fresh one' },
        ]);
      }
      if (charged.kind === 'impossible') {
        throw conflict('not_scannable', charged.payment ?? payment, 'no code can be scanned for it now');
      }
      return charged.payment;
    },
  });

  payerAction(app, respond, {
    path: '/session/renew',
    summary: 'A fresh QR after expiry, in place',
    refusals: ['not_renewable', 'too_many_pushes', 'store_not_writable'],
    async act({ request }) {
      const payment = await openPayment(request);
      if (canRenew(ctx, payment)) limits.countAttempt(payment, payment.method);
      const renewed = await renewPayment(ctx, payment.id);
      if (!renewed) {
        throw conflict('not_renewable', payment, 'a new code is for expired ones, and for a limited time');
      }
      return renewed;
    },
  });

  payerAction(app, respond, {
    path: '/session/check',
    summary: 'The payer is back from the bank, or asks: the provider is asked now',
    refusals: [],
    async act({ request }) {
      const payment = await openPayment(request);
      await ctx.askNow(payment);
      return (await findPayment(ctx.store.read, payment.id)) ?? payment;
    },
  });

  payerAction(app, respond, {
    path: '/session/cancel',
    summary: 'The payer gives up',
    refusals: ['not_cancelable', 'store_not_writable'],
    async act({ request }) {
      const after = await cancelPayment(ctx, await openPayment(request), { source: 'payer' });
      if (after.status !== 'canceled') throw conflict('not_cancelable', after, 'it cannot be canceled');
      return after;
    },
  });
}

function conflict(code: ProblemCode, { status }: Payment, why: string): ProblemError {
  return new ProblemError(code, `The payment is ${status}: ${why}.`);
}
