import * as v from 'valibot';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import type { ProviderDelivery, RefundReport } from '../provider.ts';
import { deliveryIdOf } from '../delivery-id.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import {
  responseSchema,
  failureReason,
  isPayment,
  isRefund,
  refundIdIn,
  type Transaction,
} from './messages.ts';
import { paymentStatus, refundStatus } from './status-codes.ts';

/**
 * Returns the content of an authentic webhook. Throws a {@link WebhookVerificationError} for a body that is not a JSON
 * object.
 */
export function readWebhook(body: Buffer): ProviderDelivery {
  const deliveryId = deliveryIdOf(body);
  const parsed = v.safeParse(responseSchema, jsonObject(body));
  // It may come from a newer version of the API: apply nothing and refuse nothing.
  if (!parsed.success) {
    const detail = `cannot be read: ${unreadableFields(parsed.issues)}`;
    return { ...emptyReport, reference: '', event: 'unreadable', deliveryId, detail };
  }
  const { transaction } = parsed.output;
  const event = eventOf(transaction);
  if (isRefund(transaction)) {
    // It is not documented whether a refund contains our reference; the uid of the payment identifies it anyway.
    const payment = { reference: '', providerPaymentId: transaction.parent_uid };
    return { ...emptyReport, ...payment, event, deliveryId, refund: refundReport(transaction) };
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

const emptyReport = { status: null, amount: null, currency: null } as const;

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

/** For the history and the log. Values that are not plain words become "unknown". */
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
    // falls through: the signed body is not a JSON object
  }
  throw new WebhookVerificationError('body_malformed', 'The body is not a JSON object');
}
