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
  /** The address of our webhook. */
  readonly webhookUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Freepayment, of the beGateway family, in the variant of the shop's contract. Our reference is its `tracking_id`; a
 * repeat with the same one returns the same payment. Status calls use the acquirer's uid. It cannot close a payment.
 * Its webhooks contain no time, so a status call must confirm a payment.
 */
export function createFreepaymentProvider({
  settings,
  outbound,
  webhookUrl,
  now,
}: FreepaymentOptions): Provider {
  const client = new FreepaymentClient({ settings, outbound });
  const auth = new WebhookAuth(settings);
  const refunds = new Refunds({ client, repeatLostRefunds: settings.repeatRefunds });
  const rules = RULES[settings.variant];
  const allowHttp = settings.baseUrl.startsWith('http://');

  /** Counted from now: the response does not say when the lifetime began. */
  const expiryFromNow = () => (rules.lifetimeMs === null ? null : now() + rules.lifetimeMs);

  /** `pending` while there is no form; `null` for a form to which no payer may be sent. */
  function presentationOf(transaction: Transaction): Presentation | null {
    const status = paymentStatus(transaction);
    const over = status !== null && !isOpen(status);
    if (over || transaction.form === undefined || transaction.form === null) return { kind: 'pending' };
    return readForm(transaction.form, { allowHttp, iframe: transaction.gateway?.iframe === true });
  }

  async function report({ reference, providerPaymentId }: PaymentRef): Promise<ProviderReport> {
    if (providerPaymentId === null) {
      throw new ProviderError('unavailable', 'the acquirer’s id of this payment is not known yet', {
        mayHaveTakenEffect: false,
      });
    }
    const transaction = await client.find(providerPaymentId);
    const { uid, tracking_id, amount, currency, message, test } = transaction;
    if (uid !== providerPaymentId || !isPayment(transaction) || (tracking_id ?? reference) !== reference) {
      throw new ProviderError('unavailable', 'the acquirer returned another payment');
    }
    const status = paymentStatus(transaction);
    const offer = status === null ? null : presentationOf(transaction);
    return {
      reference,
      status,
      // The amount is compared where the report is applied; the merchant is notified of a difference.
      amount,
      currency,
      test,
      providerPaymentId: uid,
      receiptUrl: transaction.receipt_url,
      presentation: offer?.kind === 'pending' ? null : offer,
      expiresAt: expiryFromNow(),
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
        throw new ProviderError('unavailable', 'the acquirer returned another payment than requested');
      }
      if (paymentStatus(transaction) === 'failed') {
        throw new ProviderError(
          'refused',
          `the payment failed at once: ${sanitizeForLog(transaction.message ?? '')}`,
        );
      }
      const presentation = presentationOf(transaction);
      if (presentation === null) {
        throw new ProviderError('unavailable', 'the acquirer returned a form to which no payer may be sent');
      }
      return {
        providerPaymentId: transaction.uid,
        qrId: qrIdOf(presentation),
        presentation,
        expiresAt: expiryFromNow(),
        test: transaction.test,
        receiptUrl: transaction.receipt_url,
      };
    },

    status: report,

    /** The acquirer cannot close a payment, so this only returns its state. */
    cancel: report,

    refund: (request) => refunds.refund(request),

    findRefund: (payment, uid) => refunds.find(payment, uid),

    parseWebhook(webhook) {
      auth.check(webhook);
      return readWebhook(webhook.body);
    },
  };
}

/** True for another payment than the requested one: it must not be shown to the payer. */
function isAnother(transaction: Transaction, request: CreateRequest): boolean {
  return (
    !isPayment(transaction) ||
    (transaction.tracking_id ?? request.reference) !== request.reference ||
    (transaction.amount ?? request.amount) !== request.amount ||
    (transaction.currency ?? request.currency) !== request.currency
  );
}
