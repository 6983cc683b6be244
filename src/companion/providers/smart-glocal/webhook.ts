import type { KeyObject } from 'node:crypto';
import * as v from 'valibot';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import type { Presentation } from '../../../protocol/snapshot.ts';
import type { ProviderDelivery, ProviderReport, RawWebhook } from '../provider.ts';
import { deliveryIdOf } from '../delivery-id.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { webhookSchema, type Session } from './messages.ts';
import { linkIn, moneyIn, referenceIn, describeSession } from './session.ts';
import { verifySignature } from './signature.ts';
import { paymentStatus } from './status-codes.ts';

const MAX_EVENT_CHARS = 64;

const NO_REPORT = { reference: '', status: null, amount: null, currency: null } as const;

/**
 * Verifies and reads a webhook. Throws a {@link WebhookVerificationError} when it is not authentic. An authentic one
 * that cannot be read is about no payment. `linkPresentation` returns a link as it may be shown; `null` for a link that may not.
 */
export function readWebhook(
  { headers, body }: RawWebhook,
  key: KeyObject,
  linkPresentation: (link: string | null) => Presentation | null,
): ProviderDelivery {
  verifySignature(headers, body, key);
  const payload = parse(body);
  const parsed = v.safeParse(webhookSchema, payload);
  if (!parsed.success) {
    return {
      ...NO_REPORT,
      event: eventOf(payload['type']),
      deliveryId: deliveryIdOf(body),
      detail: `cannot be read: ${unreadableFields(parsed.issues)}`,
    };
  }
  const { type, session } = parsed.output;
  return {
    ...moneyIn(session),
    reference: referenceIn(session),
    providerPaymentId: session.id,
    event: eventOf(type),
    // A webhook has no id of its own. Without a time, its bytes identify it.
    deliveryId: deliveryIdOf(
      JSON.stringify([type, session.id, session.updated_at ?? body.toString('base64')]),
    ),
    detail: describeSession(session),
    ...reportOf(type, session, linkPresentation),
  };
}

function reportOf(
  type: string,
  session: Session,
  linkPresentation: (link: string | null) => Presentation | null,
): Pick<ProviderReport, 'status' | 'presentation' | 'wantsConfirmation' | 'detail'> &
  Pick<ProviderDelivery, 'refund'> {
  switch (type) {
    case 'ready_to_confirm':
      return { status: null, wantsConfirmation: true };
    case 'action_required': {
      const presentation = linkPresentation(linkIn(session));
      return presentation
        ? { status: null, presentation }
        : { status: null, detail: `${describeSession(session)}, no link that may be shown` };
    }
    case 'payment_finished':
      return { status: paymentStatus(session) };
    // It is documented with the session only: neither which refund nor how much was refunded.
    case 'payment_refunded':
      return { status: null, refund: { refundId: null, providerRefundId: null, status: 'succeeded' } };
    // Includes `ready_to_capture`: the bank holds the money, and the shop does not have it yet.
    default:
      return { status: null };
  }
}

function parse(body: Buffer): Record<string, unknown> {
  try {
    const payload: unknown = JSON.parse(body.toString('utf8'));
    if (typeof payload === 'object' && payload !== null && !Array.isArray(payload)) {
      return payload as Record<string, unknown>;
    }
  } catch {
    // falls through: the signed body is not a JSON object
  }
  throw new WebhookVerificationError('body_malformed', 'The body is not a JSON object');
}

function eventOf(type: unknown): string {
  return typeof type === 'string' ? type.slice(0, MAX_EVENT_CHARS) : '';
}
