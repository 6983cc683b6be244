import { createPublicKey, randomBytes } from 'node:crypto';
import * as v from 'valibot';
import { isSberPayLink } from '../../../protocol/link-scheme.ts';
import type { Presentation } from '../../../protocol/snapshot.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import {
  ProviderError,
  type PaymentRef,
  type Provider,
  type ProviderReport,
  type ProviderRefund,
} from '../provider.ts';
import { resultOfRepeat } from '../provider-http.ts';
import { SmartGlocalClient } from './client.ts';
import { sessionOpener } from './create.ts';
import { AnotherSession, KeyReplayed } from './errors.ts';
import { refundResponseSchema, type Session } from './messages.ts';
import { linkIn, moneyIn, referenceIn, waitsForConfirmation, describeSession } from './session.ts';
import type { SmartGlocalSettings } from './settings.ts';
import { paymentStatus } from './status-codes.ts';
import { readWebhook } from './webhook.ts';

export interface SmartGlocalOptions {
  readonly settings: SmartGlocalSettings;
  readonly outbound: OutboundClient;
  /** Unix time in ms. */
  readonly now: () => number;
}

/** The lifetime of SberPay's link. */
const LINK_LIFETIME_MS = 20 * 60_000;
/** The capacity of a QR code at the error correction level that is used. */
const MAX_LINK_CHARS = 2_000;

/**
 * SberPay through Smart Glocal. A session is created, waits for our confirmation, and then offers a link that lives for
 * 20 minutes. The address of our webhook is set in the provider's cabinet, not in calls.
 */
export function createSmartGlocalProvider({ settings, outbound, now }: SmartGlocalOptions): Provider {
  const client = new SmartGlocalClient({ settings, outbound });
  const publicKey = createPublicKey(settings.publicKey);
  const openSession = sessionOpener(client, settings, now);

  /** Returns the link unchanged, or `null` for a link that may not be shown: the payer can tap it. */
  function linkPresentation(url: string | null): Presentation | null {
    if (url === null || url.length > MAX_LINK_CHARS || !/^[\x21-\x7e]+$/.test(url)) return null;
    if (isSberPayLink(url)) return { kind: 'link', url, deep_link: url };
    // In development a simulated payment system may have a plain-http address.
    return outbound.guard.objection(url) === null ? { kind: 'link', url, deep_link: null } : null;
  }

  async function status(payment: PaymentRef): Promise<ProviderReport> {
    const session = await client.session(requireSessionId(payment));
    checkReference(session, payment.reference);
    const presentation = linkPresentation(linkIn(session));
    return {
      reference: payment.reference,
      status: paymentStatus(session),
      ...moneyIn(session),
      providerPaymentId: session.id,
      expiresAt: now() + LINK_LIFETIME_MS,
      detail: describeSession(session),
      ...(presentation ? { presentation } : {}),
      ...(waitsForConfirmation(session) ? { wantsConfirmation: true } : {}),
    };
  }

  return {
    capabilities: {
      methods: ['sberpay'],
      cancel: true,
      lifetime: 'own',
      refund: 'partial',
      push: true,
      charge: false,
      // One key signs the messages of all merchants, and any merchant may write our reference into a session of their
      // own. So a message counts only for a session that the provider has returned to us. A message contains no time
      // and could be sent again: its id, which is kept for good, identifies the repeat. Its statement about money stays
      // true anyway, because a session belongs to one payment and never goes back.
      webhookTrust: 'known-session',
    },

    async create(request) {
      const session = await openSession(request);
      checkReference(session, request.reference);
      return {
        providerPaymentId: session.id,
        qrId: null,
        presentation: linkPresentation(linkIn(session)) ?? { kind: 'pending' },
        expiresAt: now() + LINK_LIFETIME_MS,
      };
    },

    status,

    async confirm(payment) {
      const body = { session_id: requireSessionId(payment) };
      await client.ensure({ path: '/session/confirm', body, key: `${payment.reference}-confirm` });
    },

    async cancel(payment) {
      const body = { session_id: requireSessionId(payment) };
      try {
        await client.ensure({ path: '/session/cancel', body, key: `${payment.reference}-cancel` });
      } catch (error) {
        // Most likely the payment was paid or ended a moment before: the status says so.
        if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
      }
      return status(payment);
    },

    async push(payment, phone) {
      const body = { phone, session_id: requireSessionId(payment) };
      // The payer may request another message: each is a new call.
      const key = `${payment.reference}-push-${randomBytes(6).toString('hex')}`;
      await client.ensure({ path: '/sberpay/push', body, key });
    },

    async refund({ payment, refundId, providerRefundId, repeated, amount }): Promise<ProviderRefund> {
      // The refund has arrived. Its result comes by webhook; there is no id to read it by.
      const arrived = { status: 'pending', providerRefundId: refundId } as const;
      if (providerRefundId !== null) return arrived;
      const { currency } = payment;
      const body = { session_id: requireSessionId(payment), amount_details: { amount, currency } };
      const call = client.call({
        path: settings.refundPath,
        body,
        key: refundId,
        responseSchema: refundResponseSchema,
      });
      try {
        const response = await (repeated ? resultOfRepeat(call) : call);
        return { ...arrived, status: refundStatus(response) };
      } catch (error) {
        if (error instanceof KeyReplayed) return arrived;
        throw error;
      }
    },

    parseWebhook: (webhook) => readWebhook(webhook, publicKey, linkPresentation),
  };
}

/**
 * Returns the session id, which calls need and only the provider can supply. Throws `unavailable` while it is not
 * known.
 */
function requireSessionId({ providerPaymentId }: PaymentRef): string {
  if (providerPaymentId !== null) return providerPaymentId;
  throw new ProviderError('unavailable', 'the session is not known yet: its webhook will name it', {
    mayHaveTakenEffect: false,
  });
}

function checkReference(session: Session, reference: string): void {
  const named = referenceIn(session);
  if (named !== '' && named !== reference) throw new AnotherSession();
}

function refundStatus({ refund }: v.InferOutput<typeof refundResponseSchema>): ProviderRefund['status'] {
  return refund?.status === 'succeeded' ? 'succeeded' : 'pending';
}
