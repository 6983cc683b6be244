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
 * Money given back. Once asked for, a refund is asked about by its uid. Whether a second request would be the same
 * refund is not documented: one whose answer was lost waits for the webhook that tells its uid.
 */
export class Refunds {
  readonly #client: FreepaymentClient;
  readonly #repeat: boolean;

  /** `repeat`: asks again all the same. */
  constructor({ client, repeat }: { client: FreepaymentClient; repeat: boolean }) {
    this.#client = client;
    this.#repeat = repeat;
  }

  async carryOut(request: RefundRequest): Promise<ProviderRefund> {
    const { payment, providerRefundId, amount } = request;
    const parent = payment.providerPaymentId;
    if (parent === null) {
      throw new ProviderError('unavailable', 'the acquirer has not told its id of the payment', {
        mayHaveTakenEffect: false,
      });
    }
    const transaction =
      providerRefundId === null
        ? await this.#ask(request, parent)
        : await this.#client.find(providerRefundId);
    if (isAnother(transaction, { uid: providerRefundId, parent, amount })) {
      throw new ProviderError('unavailable', 'the acquirer answered with another refund');
    }
    const { uid, test } = transaction;
    return { status: refundStatus(transaction), providerRefundId: uid, test, ...failureReason(transaction) };
  }

  /** How a refund stands that was made by whomever. */
  async find({ providerPaymentId }: PaymentRef, uid: string): Promise<FoundRefund> {
    const transaction = await this.#client.find(uid);
    const { parent_uid: parent, amount } = transaction;
    // Its payment must be named: the uid alone comes from a message.
    if (parent === null || parent !== providerPaymentId || isAnother(transaction, { uid, parent, amount })) {
      throw new ProviderError('unavailable', 'the acquirer answered about another refund');
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

  async #ask({ refundId, repeated, amount, reason }: RefundRequest, parent: string): Promise<Transaction> {
    if (repeated && !this.#repeat) {
      throw new ProviderError(
        'unavailable',
        `nobody knows whether ${refundId} was made: its answer was lost, and asking again might give the money back ` +
          'twice. Its webhook settles it; if none comes, look for it among the refunds in the acquirer’s cabinet',
        { mayHaveTakenEffect: false },
      );
    }
    const asked = this.#client.createRefund({
      parent_uid: parent,
      amount,
      reason: refundReason(refundId, reason),
    });
    return repeated ? resultOfRepeat(asked) : asked;
  }
}

interface Expected {
  /** `null` while it has none. */
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
