import {
  ProviderError,
  type FoundRefund,
  type PaymentRef,
  type ProviderRefund,
  type RefundRequest,
} from '../provider.ts';
import { resultOfRepeat } from '../provider-http.ts';
import type { FreepaymentClient } from './client.ts';
import { failureReason, refundIdIn, refundReason, type Transaction } from './messages.ts';
import { refundStatus } from './status-codes.ts';

/**
 * Refunds. A refund with a known uid is read by that uid. The acquirer does not document whether a second request makes
 * a second refund, so a refund whose response was lost waits for the webhook with its uid.
 */
export class Refunds {
  readonly #client: FreepaymentClient;
  readonly #repeatLostRefunds: boolean;

  /** `repeatLostRefunds`: true to request such a refund again. */
  constructor({ client, repeatLostRefunds }: { client: FreepaymentClient; repeatLostRefunds: boolean }) {
    this.#client = client;
    this.#repeatLostRefunds = repeatLostRefunds;
  }

  async refund(request: RefundRequest): Promise<ProviderRefund> {
    const { payment, providerRefundId, amount } = request;
    const parent = payment.providerPaymentId;
    if (parent === null) {
      throw new ProviderError('unavailable', 'the acquirer’s id of the payment is not known yet', {
        mayHaveTakenEffect: false,
      });
    }
    const transaction =
      providerRefundId === null
        ? await this.#request(request, parent)
        : await this.#client.find(providerRefundId);
    if (isAnother(transaction, { uid: providerRefundId, parent, amount })) {
      throw new ProviderError('unavailable', 'the acquirer returned another refund');
    }
    const { uid, test } = transaction;
    return { status: refundStatus(transaction), providerRefundId: uid, test, ...failureReason(transaction) };
  }

  /** Returns a refund, whether made here or in the acquirer's cabinet. */
  async find({ providerPaymentId }: PaymentRef, uid: string): Promise<FoundRefund> {
    const transaction = await this.#client.find(uid);
    const { parent_uid: parent, amount } = transaction;
    // The refund must name its payment, because the uid comes from an unconfirmed webhook.
    if (parent === null || parent !== providerPaymentId || isAnother(transaction, { uid, parent, amount })) {
      throw new ProviderError('unavailable', 'the acquirer returned another refund');
    }
    return {
      refundId: refundIdIn(transaction.reason),
      providerRefundId: uid,
      amount,
      status: refundStatus(transaction),
      test: transaction.test,
      ...failureReason(transaction),
    };
  }

  async #request(
    { refundId, repeated, amount, reason }: RefundRequest,
    parent: string,
  ): Promise<Transaction> {
    if (repeated && !this.#repeatLostRefunds) {
      throw new ProviderError(
        'unavailable',
        `it is unknown whether ${refundId} was made: its response was lost, and a repeat could refund the money ` +
          'twice. Its webhook settles it; if none comes, look for the refund in the acquirer’s cabinet',
        { mayHaveTakenEffect: false },
      );
    }
    const call = this.#client.createRefund({
      parent_uid: parent,
      amount,
      reason: refundReason(refundId, reason),
    });
    return repeated ? resultOfRepeat(call) : call;
  }
}

interface Expected {
  /** `null` while the uid is not known. */
  readonly uid: string | null;
  readonly parent: string;
  /** Kopecks. */
  readonly amount: number | null;
}

function isAnother(transaction: Transaction, expected: Expected): boolean {
  return (
    (expected.uid ?? transaction.uid) !== transaction.uid ||
    (transaction.type ?? 'refund') !== 'refund' ||
    (transaction.parent_uid ?? expected.parent) !== expected.parent ||
    (transaction.amount ?? expected.amount) !== expected.amount
  );
}
