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
import { refundAnswerSchema, type Session } from './messages.ts';
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

/** How long SberPay's link lives. */
const LINK_LIFETIME_MS = 20 * 60_000;
/** What a QR holds for certain, at the level it is drawn with. */
const MAX_LINK_CHARS = 2_000;

/**
 * SberPay through Smart Glocal: a session is created, asks for our confirmation, and then offers a link that lives for
 * 20 minutes. Where it reports to is set in its cabinet, not in calls.
 */
export function createSmartGlocalProvider({ settings, outbound, now }: SmartGlocalOptions): Provider {
  const client = new SmartGlocalClient({ settings, outbound });
  const publicKey = createPublicKey(settings.publicKey);
  const openSession = sessionOpener(client, settings, now);

  /** As it came, or not at all: anything else would be put where a payer can tap it. */
  function present(url: string | null): Presentation | null {
    if (url === null || url.length > MAX_LINK_CHARS || !/^[\x21-\x7e]+$/.test(url)) return null;
    if (isSberPayLink(url)) return { kind: 'link', url, deep_link: url };
    // In development a simulated payment system may be at a plain-http address.
    return outbound.guard.objection(url) === null ? { kind: 'link', url, deep_link: null } : null;
  }

  async function status(payment: PaymentRef): Promise<ProviderReport> {
    const session = await client.session(sessionOf(payment));
    refuseOthers(session, payment.reference);
    const presentation = present(linkIn(session));
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
      // Its key signs the messages of all its merchants, any of whom may write our reference into a session of their
      // own: a message is believed about a session that it has named to us itself. There is no time in it, so it could
      // be played again: it would be known by its id (kept for good), and what it says of a session's money does not
      // cease to be so, since the session belongs to one payment and never goes back.
      webhookTrust: 'known-session',
    },

    async create(request) {
      const session = await openSession(request);
      refuseOthers(session, request.reference);
      return {
        providerPaymentId: session.id,
        qrId: null,
        presentation: present(linkIn(session)) ?? { kind: 'pending' },
        expiresAt: now() + LINK_LIFETIME_MS,
      };
    },

    status,

    async confirm(payment) {
      const body = { session_id: sessionOf(payment) };
      await client.ensure({ path: '/session/confirm', body, key: `${payment.reference}-confirm` });
    },

    async cancel(payment) {
      const body = { session_id: sessionOf(payment) };
      try {
        await client.ensure({ path: '/session/cancel', body, key: `${payment.reference}-cancel` });
      } catch (error) {
        // Most likely paid or over a moment before: the status tells.
        if (!(error instanceof ProviderError) || error.kind === 'unavailable') throw error;
      }
      return status(payment);
    },

    async push(payment, phone) {
      const body = { phone, session_id: sessionOf(payment) };
      // The payer may ask for another message: each is a call of its own.
      const key = `${payment.reference}-push-${randomBytes(6).toString('hex')}`;
      await client.ensure({ path: '/sberpay/push', body, key });
    },

    async refund({ payment, refundId, providerRefundId, repeated, amount }): Promise<ProviderRefund> {
      // It has arrived, what became of it comes by webhook, and nothing is known to ask about it.
      const arrived = { status: 'pending', providerRefundId: refundId } as const;
      if (providerRefundId !== null) return arrived;
      const { currency } = payment;
      const body = { session_id: sessionOf(payment), amount_details: { amount, currency } };
      const asked = client.call({
        path: settings.refundPath,
        body,
        key: refundId,
        answer: refundAnswerSchema,
      });
      try {
        const answer = await (repeated ? resultOfRepeat(asked) : asked);
        return { ...arrived, status: resultOf(answer) };
      } catch (error) {
        if (error instanceof KeyReplayed) return arrived;
        throw error;
      }
    },

    parseWebhook: (webhook) => readWebhook(webhook, publicKey, present),
  };
}

/** Its calls go by its own id, which only it can tell. */
function sessionOf({ providerPaymentId }: PaymentRef): string {
  if (providerPaymentId !== null) return providerPaymentId;
  throw new ProviderError('unavailable', 'the session is not known yet: its webhook will name it', {
    mayHaveTakenEffect: false,
  });
}

function refuseOthers(session: Session, reference: string): void {
  const named = referenceIn(session);
  if (named !== '' && named !== reference) throw new AnotherSession();
}

function resultOf({ refund }: v.InferOutput<typeof refundAnswerSchema>): ProviderRefund['status'] {
  return refund?.status === 'succeeded' ? 'succeeded' : 'pending';
}
