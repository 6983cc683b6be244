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
import { UpstreamRefusal, type SbpApiClient } from './client.ts';
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
  /** The address of our webhook. */
  readonly callbackUrl: string;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * A payment system with the generic SBP API, which is also this companion's own API: companions can be chained. Our
 * reference is the upstream's `order_id` and idempotency key. A payment whose response was lost is found by it.
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
    // An upstream that ignores the filter lists all payments.
    return items.find((item) => item.order_id === reference) ?? null;
  }

  async function requirePayment(reference: string): Promise<UpstreamPayment> {
    const found = await findByReference(reference);
    if (!found)
      throw new ProviderError('refused', 'the upstream has no such payment', {
        reason: 'the upstream has no such payment',
      });
    return found;
  }

  async function report({ reference }: PaymentRef): Promise<ProviderReport> {
    const found = await requirePayment(reference);
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

  /** Returns the payment that the upstream already has under our reference, instead of the refusal to make it again. */
  async function adopt(reference: string, refusal: UpstreamRefusal): Promise<UpstreamPayment> {
    if (refusal.status === 409 || refusal.code === 'idempotency_key_reused') {
      const found = await findByReference(reference);
      if (found) return found;
    }
    // The payment has expired there. Our own clock decides whether to give it up, so this is not a failure.
    if (refusal.paths.length > 0 && refusal.paths.every((path) => path === 'expires_at')) {
      throw new ProviderError('unavailable', 'the upstream says that the payment has expired', {
        cause: refusal,
      });
    }
    // Another server refused the call: there is no SBP API at this address.
    if (refusal.status === 404 || refusal.status === 405) {
      throw new ProviderError('unavailable', 'there is no SBP API at this address', { cause: refusal });
    }
    throw refusal;
  }

  async function requestRefund({
    payment,
    refundId,
    amount,
    reason,
  }: RefundRequest): Promise<UpstreamRefund> {
    const { payment_id } = await requirePayment(payment.reference);
    const body = { payment_id, amount, ...(reason === null ? {} : { reason }) };
    return client.call({ method: 'POST', path: '/refunds', idempotencyKey: refundId, body }, refundSchema);
  }

  /**
   * Reads a refund that the upstream has accepted. If that is refused, requests the refund again with the same
   * idempotency key.
   */
  async function readRefund(request: RefundRequest, id: string): Promise<UpstreamRefund> {
    try {
      return await client.call({ method: 'GET', path: `/refunds/${encodeURIComponent(id)}` }, refundSchema);
    } catch (error) {
      if (!(error instanceof UpstreamRefusal)) throw error;
    }
    return resultOfRepeat(requestRefund(request));
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
          if (error instanceof UpstreamRefusal) return adopt(reference, error);
          throw error;
        });
      // A repeat returns the first response, without a link that came later: then read the payment.
      const path = `/payments/${encodeURIComponent(made.payment_id)}`;
      const current =
        made.qr_payload === null ? await client.call({ method: 'GET', path }, paymentSchema) : made;
      return toProviderPayment(current, request);
    },

    status: report,

    async cancel(payment) {
      const { payment_id } = await requirePayment(payment.reference);
      const path = `/qrs/${encodeURIComponent(payment_id)}/close`;
      try {
        await client.call({ method: 'POST', path, body: {} }, v.unknown());
      } catch (error) {
        // Most likely the payment was paid or ended a moment before: the status says so.
        if (!(error instanceof UpstreamRefusal)) throw error;
      }
      return report(payment);
    },

    async refund(request) {
      const { providerRefundId, amount } = request;
      const refund = await (providerRefundId === null
        ? requestRefund(request)
        : readRefund(request, providerRefundId));
      if (refund.amount !== null && refund.amount !== amount) {
        throw new ProviderError('unavailable', 'the upstream returned a refund of another amount');
      }
      return {
        status: refund.status,
        providerRefundId: refund.refund_id,
        ...(refund.failure_reason === null ? {} : { failureReason: refund.failure_reason }),
      };
    },

    parseWebhook({ headers, body }) {
      const { event, payload } = verifyWebhook({ body, headers, secrets: webhookSecrets, now: now() });
      const emptyReport = { reference: '', status: null, amount: null, currency: null };
      // The signature does not cover `X-SBP-Delivery`.
      return { ...(readEvent(payload) ?? emptyReport), event, deliveryId: deliveryIdOf(body) };
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
    // Our companion renews payments itself: each renewal is another payment at the upstream.
    renewable: false,
  };
}

/**
 * Set also for a code that the upstream has closed, if the upstream's own provider cannot close it or does not respond.
 */
function payableUntil({ payable_until }: UpstreamPayment): { readonly payableUntil?: number } {
  return payable_until === null ? {} : { payableUntil: Date.parse(payable_until) };
}

/** Throws `unavailable` for another payment than the requested one: it must not be shown to the payer. */
function toProviderPayment(payment: UpstreamPayment, request: CreateRequest): ProviderPayment {
  const { payment_id, order_id, amount, currency, qr_id, qr_payload, deep_link, test } = payment;
  if (
    (order_id !== null && order_id !== request.reference) ||
    (amount !== null && amount !== request.amount) ||
    (currency !== null && currency !== request.currency)
  ) {
    throw new ProviderError('unavailable', 'the upstream returned another payment than requested');
  }
  if (qr_payload === null) throw new ProviderError('unavailable', 'the upstream has no link yet');
  return {
    providerPaymentId: payment_id,
    qrId: qr_id,
    presentation: { kind: 'link', url: qr_payload, deep_link },
    // The upstream received our `expiresAt`.
    expiresAt: null,
    ...payableUntil(payment),
    test,
  };
}
