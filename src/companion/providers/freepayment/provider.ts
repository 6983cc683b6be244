import type { Presentation } from '../../../protocol/snapshot.ts';
import { isOpen } from '../../../protocol/status.ts';
import { sanitizeForLog } from '../../lib/logging.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import {
  ProviderError,
  type CreateRequest,
  type PaymentRef,
  type Provider,
  type ProviderReport,
} from '../provider.ts';
import { FreepaymentClient } from './client.ts';
import { createBody } from './create-body.ts';
import { isPayment, type Transaction } from './messages.ts';
import { qrIdOf, readForm } from './presentation.ts';
import { Refunds } from './refunds.ts';
import type { FreepaymentSettings } from './settings.ts';
import { paymentStatus } from './status-codes.ts';
import { RULES } from './variants.ts';
import { WebhookAuth } from './webhook-auth.ts';
import { readWebhook } from './webhook.ts';

export interface FreepaymentOptions {
  readonly settings: FreepaymentSettings;
  readonly outbound: OutboundClient;
  /** Where the provider reports to. */
  readonly webhookUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Freepayment, of the beGateway family, in the variant that the shop has a contract for. Our reference is its
 * `tracking_id`, under which a repeat is the same payment; it is asked about by its own uid. It closes nothing, and its
 * webhooks are not dated: money is believed by a status query.
 */
export function createFreepaymentProvider({
  settings,
  outbound,
  webhookUrl,
  now,
}: FreepaymentOptions): Provider {
  const client = new FreepaymentClient({ settings, outbound });
  const auth = new WebhookAuth(settings);
  const refunds = new Refunds({ client, repeat: settings.repeatRefunds });
  const rules = RULES[settings.variant];
  const allowHttp = settings.baseUrl.startsWith('http://');

  /** Counted from here: when it began is not told. */
  const endOfOffer = () => (rules.lifetimeMs === null ? null : now() + rules.lifetimeMs);

  /** `pending` while there is no form; `null` for one that no payer should be sent to. */
  function offerOf(transaction: Transaction): Presentation | null {
    const status = paymentStatus(transaction);
    const over = status !== null && !isOpen(status);
    if (over || transaction.form === undefined || transaction.form === null) return { kind: 'pending' };
    return readForm(transaction.form, { allowHttp, iframe: transaction.gateway?.iframe === true });
  }

  async function report({ reference, providerPaymentId }: PaymentRef): Promise<ProviderReport> {
    if (providerPaymentId === null) {
      throw new ProviderError('unavailable', 'the acquirer has not told its id of this payment yet', {
        mayHaveTakenEffect: false,
      });
    }
    const transaction = await client.find(providerPaymentId);
    const { uid, tracking_id, amount, currency, message, test } = transaction;
    if (uid !== providerPaymentId || !isPayment(transaction) || (tracking_id ?? reference) !== reference) {
      throw new ProviderError('unavailable', 'the acquirer answered about another payment');
    }
    const status = paymentStatus(transaction);
    const offer = status === null ? null : offerOf(transaction);
    return {
      reference,
      status,
      // Whether it is the right sum is judged where money is believed, and told to the merchant if not.
      amount,
      currency,
      test,
      providerPaymentId: uid,
      receiptUrl: transaction.receipt_url,
      presentation: offer?.kind === 'pending' ? null : offer,
      expiresAt: endOfOffer(),
      detail: sanitizeForLog([transaction.status ?? 'no status', message ?? ''].join(' ')),
    };
  }

  return {
    capabilities: {
      methods: ['sbp'],
      cancel: false,
      lifetime: 'own',
      refund: rules.refund,
      push: false,
      charge: false,
      webhookTrust: 'confirm-by-status',
    },

    objections: ({ customer }) => rules.missing(customer),

    async create(request) {
      const transaction = await client.createPayment(
        createBody(request, { webhookUrl, test: settings.test }),
      );
      if (isAnother(transaction, request)) {
        throw new ProviderError(
          'unavailable',
          'the acquirer answered with another payment than was asked for',
        );
      }
      if (paymentStatus(transaction) === 'failed') {
        throw new ProviderError(
          'refused',
          `the payment failed at once: ${sanitizeForLog(transaction.message ?? '')}`,
        );
      }
      const presentation = offerOf(transaction);
      if (presentation === null) {
        throw new ProviderError(
          'unavailable',
          'the acquirer answered with a form that no payer should be sent to',
        );
      }
      return {
        providerPaymentId: transaction.uid,
        qrId: qrIdOf(presentation),
        presentation,
        expiresAt: endOfOffer(),
        test: transaction.test,
        receiptUrl: transaction.receipt_url,
      };
    },

    status: report,

    /** Nothing can be closed: what it came to is all there is to say. */
    cancel: report,

    refund: (request) => refunds.carryOut(request),

    findRefund: (payment, uid) => refunds.find(payment, uid),

    parseWebhook(webhook) {
      auth.check(webhook);
      return readWebhook(webhook.body);
    },
  };
}

/** Refuses to show a payer anything but the payment that was asked for. */
function isAnother(transaction: Transaction, request: CreateRequest): boolean {
  return (
    !isPayment(transaction) ||
    (transaction.tracking_id ?? request.reference) !== request.reference ||
    (transaction.amount ?? request.amount) !== request.amount ||
    (transaction.currency ?? request.currency) !== request.currency
  );
}
