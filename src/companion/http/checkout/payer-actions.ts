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
import { snapshotView } from './snapshot-view.ts';
import { parseInput } from '../plumbing/validate.ts';

const phone = v.pipe(
  v.string('must be a string'),
  v.maxLength(32, 'must be a Russian phone number such as +7 999 000-11-22'),
  v.transform(normalizePhone),
  v.string('must be a Russian phone number such as +7 999 000-11-22'),
);

export const methodSchema = v.object({
  method: v.picklist(METHODS, `must be one of ${METHODS.join(', ')}`),
  phone: v.nullish(phone, null),
});

export const pushSchema = v.object({ phone });

/** As published by the bank that scans such codes; anything else is no payer's code. */
export const buyerQrSchema = v.object({
  payload: v.pipe(
    v.string('must be a string'),
    v.trim(),
    v.nonEmpty('must not be empty'),
    v.maxLength(512, 'must be at most 512 characters'),
    v.regex(/^[A-Za-z0-9:/&?.=]*$/, 'must be the text of a payment code'),
  ),
});

/** What the payer's page may do with its payment. Every one answers the new snapshot. */
export function payerActions(
  app: FastifyInstance,
  ctx: Context,
  openPayment: (request: FastifyRequest) => Promise<Payment>,
): void {
  const pushes = new PushLimits(ctx);
  const answer = (request: FastifyRequest, payment: Payment) =>
    snapshotView(ctx, payment, readDevice(request.headers));

  app.post('/session/method', async (request) => {
    const payment = await openPayment(request);
    const choice = parseInput(methodSchema, request.body);
    if (!payment.methods.includes(choice.method)) {
      throw invalidFields([{ path: 'method', message: `must be one of ${payment.methods.join(', ')}` }]);
    }
    const isNew = choice.method !== payment.method && canChooseMethod(payment);
    if (isNew) pushes.countAttempt(payment, choice.method, choice.phone);
    const chosen = await chooseMethod(ctx, payment.id, choice);
    if (!chosen) throw conflict('method_not_changeable', payment, 'its method cannot be changed');
    return answer(request, chosen);
  });

  app.post('/session/push', async (request) => {
    const payment = await openPayment(request);
    const { phone } = parseInput(pushSchema, request.body);
    if (!canPush(ctx, payment)) throw conflict('not_pushable', payment, 'nothing can be sent to a phone');
    pushes.count(payment, phone);
    try {
      await pushToPhone(ctx, payment, phone);
    } catch (error) {
      if (!(error instanceof ProviderError)) throw error;
      if (!error.mayHaveTakenEffect) pushes.giveBack(payment, phone);
      ctx.log.warn({ payment_id: payment.id, err: error }, 'the message to the phone was not sent');
      // Either way the payer tries again or pays another way; why is for the operator.
      throw new ProblemError('push_not_sent', 'The message was not sent: check the number or try again.');
    }
    return answer(request, payment);
  });

  app.post('/session/buyer-qr', async (request) => {
    const payment = await openPayment(request);
    const { payload } = parseInput(buyerQrSchema, request.body);
    const charged = await chargeBuyerQr(ctx, payment.id, payload);
    if (charged.kind === 'refused') {
      throw invalidFields([{ path: 'payload', message: 'is no code that can be charged: scan a fresh one' }]);
    }
    if (charged.kind === 'impossible') {
      throw conflict('not_scannable', charged.payment ?? payment, 'no code can be scanned for it now');
    }
    return answer(request, charged.payment);
  });

  app.post('/session/renew', async (request) => {
    const payment = await openPayment(request);
    if (canRenew(ctx, payment)) pushes.countAttempt(payment, payment.method);
    const renewed = await renewPayment(ctx, payment.id);
    if (!renewed)
      throw conflict('not_renewable', payment, 'a new code is for expired ones, and for a limited time');
    return answer(request, renewed);
  });

  app.post('/session/check', async (request) => {
    const payment = await openPayment(request);
    await ctx.askNow(payment);
    return answer(request, (await findPayment(ctx.store.read, payment.id)) ?? payment);
  });

  app.post('/session/cancel', async (request) => {
    const after = await cancelPayment(ctx, await openPayment(request), { source: 'payer' });
    if (after.status !== 'canceled') throw conflict('not_cancelable', after, 'it cannot be canceled');
    return answer(request, after);
  });
}

function conflict(code: ProblemCode, { status }: Payment, why: string): ProblemError {
  return new ProblemError(code, `The payment is ${status}: ${why}.`);
}
