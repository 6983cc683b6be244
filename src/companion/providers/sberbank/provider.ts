import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import { NoUsableResponse, type HttpResponse } from '../provider-http.ts';
import {
  ProviderError,
  type ChargeRequest,
  type PaymentRef,
  type Provider,
  type ProviderReport,
} from '../provider.ts';
import { SberbankClient, type SberbankClientOptions } from './client.ts';
import { describeOrder, moneyOf, orderExists, orderFaults, readOrder, type Order } from './messages.ts';
import { gatewayErrorText } from './error-texts.ts';
import { hasUnknownResponse, isNoSuchOrder, isUndecided, paymentStatus } from './status-codes.ts';

/**
 * The maximum length of `operation_message` that clients of this service use. Not confirmed by a document of the bank.
 */
const MAX_MESSAGE = 128;
/**
 * An order is final within seconds. According to the bank's table of states, an order in CREATED with a purchase has an
 * unsuccessful purchase. After this time that also holds for an unpublished response code.
 */
const UNKNOWN_CODE_MS = 60_000;
/** More orders than ever wait at once. */
const MAX_KEPT = 1_000;
/** The settings that an operator may have to correct. */
const PAYMENT_SETTINGS = { token: 'the scopes granted by the bank', address: 'SBP_SBERBANK_URL' };
const STATUS_SETTINGS = { token: 'SBP_SBERBANK_STATUS_SCOPE', address: 'SBP_SBERBANK_STATUS_PATH' };

/**
 * Sberbank's buyer's QR: the payer shows a code and the seller's page scans it. The bank is called only once there is a
 * code. It sends no webhooks, and the document of this service has neither a cancel nor a refund.
 * The meaning of a response:
 * - An error code without an order: `refused`. No money has moved, and another code may be scanned. If an earlier try
 *   of the same call got no response, it may have made an order, so the call is `unavailable`.
 * - An order in DECLINED, or in CREATED with a declined purchase: the payment has failed. A state counts as an order
 *   even without an id.
 * - Anything else without an order: `unavailable`, and the same call is repeated.
 */
export function createSberbankProvider(options: SberbankClientOptions): Provider {
  const client = new SberbankClient(options);
  const charges = new Map<string, Promise<ProviderReport>>();
  /** The time since which an order has an unpublished response code, by our reference. */
  const unknownSince = new Map<string, number>();

  function report(reference: string, order: Order): ProviderReport {
    return {
      reference,
      status: hasFailed(reference, order) ? 'failed' : paymentStatus(order),
      ...moneyOf(order),
      providerPaymentId: order.orderId,
      detail: describeOrder(order),
    };
  }

  function hasFailed(reference: string, order: Order): boolean {
    if (!hasUnknownResponse(order)) {
      unknownSince.delete(reference);
      return false;
    }
    const since = unknownSince.get(reference) ?? options.now();
    if (unknownSince.size >= MAX_KEPT && !unknownSince.has(reference)) {
      unknownSince.delete(unknownSince.keys().next().value!);
    }
    unknownSince.set(reference, since);
    return options.now() - since >= UNKNOWN_CODE_MS;
  }

  function charge({ reference, amount, payload, description }: ChargeRequest): Promise<ProviderReport> {
    const message = cut(description === null || description === '' ? options.settings.message : description);
    return client.pay({ reference, amount, payload, message }, (response) => {
      const order = orderIn(response, reference);
      if (order && orderExists(order)) return report(reference, order);
      const error = order?.error ? chargeError(order, order.error.code) : unusableResponseError(response);
      if (response.repeated && error.kind === 'refused') {
        throw new ProviderError('unavailable', `${error.message}; an earlier try got no response`);
      }
      throw error;
    });
  }

  async function status({ reference, providerPaymentId }: PaymentRef): Promise<ProviderReport> {
    const orderId = providerPaymentId === reference ? null : providerPaymentId;
    return client.status({ reference, orderId }, (response) => {
      const order = orderIn(response, reference);
      if (order && isMissingOrder(order))
        return { reference, status: 'created', amount: null, currency: null };
      if (order && orderExists(order)) return report(reference, order);
      // "refused" instead of "unavailable": a failing status call must not prevent codes from being charged.
      if (order?.error)
        throw new ProviderError('refused', `order state not available: ${describeOrder(order) ?? ''}`);
      if (response.status >= 300)
        throw new ProviderError(
          'refused',
          `order state not available: ${responseError(response, STATUS_SETTINGS)}`,
        );
      throw unusableResponseError(response);
    });
  }

  return {
    capabilities: {
      methods: ['buyer_qr'],
      cancel: false,
      lifetime: 'own',
      refund: 'none',
      push: false,
      charge: true,
      webhookTrust: 'none',
    },

    create: ({ reference }) =>
      Promise.resolve({
        providerPaymentId: reference,
        qrId: null,
        presentation: { kind: 'scan' },
        expiresAt: null,
      }),

    /** One call at a time for each reference: a repeat beside the first could reach the bank while it is processing. */
    charge(request) {
      const { reference } = request;
      const underWay = charges.get(reference);
      if (underWay) return underWay;
      const call = charge(request).finally(() => charges.delete(reference));
      charges.set(reference, call);
      return call;
    },

    status,

    cancel: status,

    refund: () => Promise.reject(new ProviderError('refused', 'this service of the bank has no refunds')),

    parseWebhook() {
      throw new WebhookVerificationError('signature_missing', 'The bank sends no webhooks.');
    },
  };
}

/** Cuts a text to {@link MAX_MESSAGE} characters, without half of a surrogate pair at its end. */
function cut(message: string): string {
  return message.slice(0, MAX_MESSAGE).replace(/[\uD800-\uDBFF]$/, '');
}

/**
 * Returns the order in a response; `null` when there is none. Throws `unavailable` for the order of another payment.
 */
function orderIn({ status, json }: HttpResponse, reference: string): Order | null {
  const order = gatewayErrorText(json) === null ? readOrder(json) : null;
  if (order?.reference && order.reference !== reference) {
    throw new ProviderError('unavailable', `the bank returned another order (${status})`);
  }
  return order;
}

/**
 * True if the bank has no such order. Only the service's own error code counts, because a 404 may be about the address.
 * A state other than DECLINED contradicts it.
 */
function isMissingOrder({ orderId, state, error }: Order): boolean {
  const none = orderId === null && (state === null || state === 'DECLINED');
  return none && error !== null && isNoSuchOrder(error.code);
}

function chargeError(order: Order, code: string): ProviderError {
  const text = describeOrder(order) ?? '';
  return isUndecided(code)
    ? new ProviderError('unavailable', `the bank has not decided on the order: ${text}`)
    : new ProviderError('refused', `the bank refused the code: ${text}`);
}

/**
 * The error for a response without an order. The gateway's 400 and 422 are about the content of the call, so the call
 * went no further.
 */
function unusableResponseError(response: HttpResponse): ProviderError {
  if (response.status < 300)
    return new NoUsableResponse(`the bank's response cannot be read: ${orderFaults(response.json)}`, true);
  const kind = response.status === 400 || response.status === 422 ? 'refused' : 'unavailable';
  return new ProviderError(kind, responseError(response, PAYMENT_SETTINGS));
}

function responseError({ status, json }: HttpResponse, settings: typeof PAYMENT_SETTINGS): string {
  const message = `the bank returned ${status}: ${gatewayErrorText(json) ?? 'no reason given'}`;
  if (status === 401 || status === 403)
    return `${message} (it does not take our token: see ${settings.token})`;
  if (status === 404 || status === 405) return `${message} (no such service there: see ${settings.address})`;
  return message;
}
