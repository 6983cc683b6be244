import { verifyWebhook } from '../../../webhooks/webhooks.ts';
import {
  ProviderError,
  type CreateRequest,
  type PaymentRef,
  type Provider,
  type ProviderPayment,
  type ProviderReport,
  type RefundRequest,
} from '../provider.ts';
import { resultOfRepeat } from '../provider-http.ts';
import { deliveryIdOf } from '../delivery-id.ts';
import { Refusal, type SbpApiClient } from './client.ts';
import {
  pageSchema,
  paymentSchema,
  readEvent,
  refundSchema,
  type UpstreamPayment,
  type UpstreamRefund,
} from './messages.ts';
import { paymentStatus } from './status-codes.ts';
import * as v from 'valibot';

export interface SbpApiProviderOptions {
  readonly client: SbpApiClient;
  readonly webhookSecrets: readonly string[];
  /** Where the upstream reports to. */
  readonly callbackUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * A payment system that speaks the generic SBP API, which is also this companion's own: companions can be chained.
 * Our reference is the upstream's `order_id` and its idempotency key; by it a payment is found whose answer was lost.
 */
export function createSbpApiProvider({
  client,
  webhookSecrets,
  callbackUrl,
  now,
}: SbpApiProviderOptions): Provider {
  async function findByReference(reference: string): Promise<UpstreamPayment | null> {
    const path = `/payments?order_id=${encodeURIComponent(reference)}`;
    const { items } = await client.call({ method: 'GET', path }, pageSchema);
    // An upstream that ignores the filter lists everyone's.
    return items.find((item) => item.order_id === reference) ?? null;
  }

  async function theirs(reference: string): Promise<UpstreamPayment> {
    const found = await findByReference(reference);
    if (!found)
      throw new ProviderError('refused', 'the upstream has no such payment', {
        reason: 'the upstream has no such payment',
      });
    return found;
  }

  async function report({ reference }: PaymentRef): Promise<ProviderReport> {
    const found = await theirs(reference);
    const { status, amount, currency, test } = found;
    return {
      reference,
      status: paymentStatus(status),
      amount,
      currency,
      test,
      ...payableUntil(found),
    };
  }

  /** The payment that the upstream has under our reference after all, instead of the refusal to make it again. */
  async function adopt(reference: string, refusal: Refusal): Promise<UpstreamPayment> {
    if (refusal.status === 409 || refusal.code === 'idempotency_key_reused') {
      const found = await findByReference(reference);
      if (found) return found;
    }
    // Its time is up there: whether to give it up is decided by our own clock, not told as a failure.
    if (refusal.paths.length > 0 && refusal.paths.every((path) => path === 'expires_at')) {
      throw new ProviderError('unavailable', 'the upstream says that the time to pay is over', {
        cause: refusal,
      });
    }
    // The API is not there, so it was not it that refused.
    if (refusal.status === 404 || refusal.status === 405) {
      throw new ProviderError('unavailable', 'there is no SBP API at this address', { cause: refusal });
    }
    throw refusal;
  }

  async function askForRefund({ payment, refundId, amount, reason }: RefundRequest): Promise<UpstreamRefund> {
    const { payment_id } = await theirs(payment.reference);
    const body = { payment_id, amount, ...(reason === null ? {} : { reason }) };
    return client.call({ method: 'POST', path: '/refunds', idempotencyKey: refundId, body }, refundSchema);
  }

  /** How a refund stands that the upstream has taken. One that cannot say is asked for it again, under its key. */
  async function takenRefund(request: RefundRequest, id: string): Promise<UpstreamRefund> {
    try {
      return await client.call({ method: 'GET', path: `/refunds/${encodeURIComponent(id)}` }, refundSchema);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
    return resultOfRepeat(askForRefund(request));
  }

  return {
    capabilities: {
      methods: ['sbp'],
      cancel: true,
      lifetime: 'ours',
      refund: 'partial',
      push: false,
      charge: false,
      webhookTrust: 'signature',
    },

    async create(request) {
      const { reference } = request;
      const made = await client
        .call(
          {
            method: 'POST',
            path: '/payments',
            idempotencyKey: reference,
            body: createBody(request, callbackUrl),
          },
          paymentSchema,
        )
        .catch((error: unknown) => {
          if (error instanceof Refusal) return adopt(reference, error);
          throw error;
        });
      // A repeat is answered as the first call was, without the link that has come since: then it is asked for.
      const path = `/payments/${encodeURIComponent(made.payment_id)}`;
      const current =
        made.qr_payload === null ? await client.call({ method: 'GET', path }, paymentSchema) : made;
      return presented(current, request);
    },

    status: report,

    async cancel(payment) {
      const { payment_id } = await theirs(payment.reference);
      const path = `/qrs/${encodeURIComponent(payment_id)}/close`;
      try {
        await client.call({ method: 'POST', path, body: {} }, v.unknown());
      } catch (error) {
        // Most likely paid or over a moment before: the status tells.
        if (!(error instanceof Refusal)) throw error;
      }
      return report(payment);
    },

    async refund(request) {
      const { providerRefundId, amount } = request;
      const refund = await (providerRefundId === null
        ? askForRefund(request)
        : takenRefund(request, providerRefundId));
      if (refund.amount !== null && refund.amount !== amount) {
        throw new ProviderError('unavailable', 'the upstream answered with a refund of another sum');
      }
      return {
        status: refund.status,
        providerRefundId: refund.refund_id,
        ...(refund.failure_reason === null ? {} : { failureReason: refund.failure_reason }),
      };
    },

    parseWebhook({ headers, body }) {
      const { event, payload } = verifyWebhook({ body, headers, secrets: webhookSecrets, now: now() });
      const nothing = { reference: '', status: null, amount: null, currency: null };
      // `X-SBP-Delivery` is not under the signature.
      return { ...(readEvent(payload) ?? nothing), event, deliveryId: deliveryIdOf(body) };
    },
  };
}

function createBody(request: CreateRequest, callbackUrl: string): object {
  return {
    order_id: request.reference,
    amount: request.amount,
    currency: request.currency,
    ...(request.description === null ? {} : { description: request.description }),
    expires_at: new Date(request.expiresAt).toISOString(),
    ...(request.returnUrl === null ? {} : { return_url: request.returnUrl }),
    callback_url: callbackUrl,
    customer: request.customer,
    methods: [request.method],
    features: { deep_link: true },
    // Beginning anew is our payer's: each time is another payment there.
    renewable: false,
  };
}

/** Also of a code that it has closed, where its own provider closes none or does not answer. */
function payableUntil({ payable_until }: UpstreamPayment): { readonly payableUntil?: number } {
  return payable_until === null ? {} : { payableUntil: Date.parse(payable_until) };
}

/** Refuses to show a payer anything but the payment that was asked for. */
function presented(payment: UpstreamPayment, request: CreateRequest): ProviderPayment {
  const { payment_id, order_id, amount, currency, qr_id, qr_payload, deep_link, test } = payment;
  if (
    (order_id !== null && order_id !== request.reference) ||
    (amount !== null && amount !== request.amount) ||
    (currency !== null && currency !== request.currency)
  ) {
    throw new ProviderError('unavailable', 'the upstream answered with another payment than was asked for');
  }
  if (qr_payload === null) throw new ProviderError('unavailable', 'the upstream has no link yet');
  return {
    providerPaymentId: payment_id,
    qrId: qr_id,
    presentation: { kind: 'link', url: qr_payload, deep_link },
    // It was told when ours ends.
    expiresAt: null,
    ...payableUntil(payment),
    test,
  };
}
