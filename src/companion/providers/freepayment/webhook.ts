import * as v from 'valibot';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import type { ProviderDelivery, RefundReport } from '../provider.ts';
import { deliveryIdOf } from '../delivery-id.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import {
  answerSchema,
  failureReason,
  isPayment,
  isRefund,
  refundIdIn,
  type Transaction,
} from './messages.ts';
import { paymentStatus, refundStatus } from './status-codes.ts';

/** What an authentic webhook says. Throws a {@link WebhookVerificationError} for a body that is no JSON object. */
export function readWebhook(body: Buffer): ProviderDelivery {
  const deliveryId = deliveryIdOf(body);
  const parsed = v.safeParse(answerSchema, jsonObject(body));
  // Perhaps a newer version's: nothing to apply, and nothing to refuse either.
  if (!parsed.success) {
    const detail = `cannot be read: ${unreadableFields(parsed.issues)}`;
    return { ...nothing, reference: '', event: 'unreadable', deliveryId, detail };
  }
  const { transaction } = parsed.output;
  const event = eventOf(transaction);
  if (isRefund(transaction)) {
    // Whether it carries our reference is not documented, and the payment's own uid finds it all the same.
    const payment = { reference: '', providerPaymentId: transaction.parent_uid };
    return { ...nothing, ...payment, event, deliveryId, refund: refundReport(transaction) };
  }
  const { uid, tracking_id, amount, currency, test } = transaction;
  return {
    reference: tracking_id ?? '',
    providerPaymentId: uid,
    status: isPayment(transaction) ? paymentStatus(transaction) : null,
    amount,
    currency,
    test,
    event,
    deliveryId,
  };
}

const nothing = { status: null, amount: null, currency: null } as const;

function refundReport(transaction: Transaction): RefundReport {
  const { uid, amount, reason } = transaction;
  return {
    refundId: refundIdIn(reason),
    providerRefundId: uid,
    amount,
    status: refundStatus(transaction),
    ...failureReason(transaction),
  };
}

/** For history and log: words of the acquirer's, if they are such. */
function eventOf({ type, status }: Transaction): string {
  return [type ?? 'payment', status]
    .map((word) => (/^\w{1,32}$/.test(word ?? '') ? word : 'unknown'))
    .join('.');
}

function jsonObject(body: Buffer): object {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed)) return parsed;
  } catch {
    // falls through: the sender signed something that is no JSON object
  }
  throw new WebhookVerificationError('body_malformed', 'The body is not a JSON object');
}
