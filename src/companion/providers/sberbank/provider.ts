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

/** Of `operation_message`, as clients of this service keep to; the bank's own word on it is not at hand. */
const MAX_MESSAGE = 128;
/**
 * An order is final within seconds, and one in the state CREATED with a purchase has, by the bank's own table of states,
 * a purchase that was not successful. After so long that holds for a code that nobody has published, too.
 */
const UNKNOWN_CODE_MS = 60_000;
/** More than ever wait for their end at once. */
const MAX_KEPT = 1_000;
/** What an operator may have to set right. */
const ABOUT_PAYMENT = { token: 'the scopes granted by the bank', address: 'SBP_SBERBANK_URL' };
const ABOUT_STATUS = { token: 'SBP_SBERBANK_STATUS_SCOPE', address: 'SBP_SBERBANK_STATUS_PATH' };

/**
 * Sberbank's buyer's QR: the payer shows a code and the seller's page scans it. Nothing is asked of the bank before
 * there is a code. It reports nothing by itself, and has neither a cancel nor a refund in the document of this service.
 *
 * What went wrong, and what that means:
 * - an error code without an order: `refused`, unless an earlier try of the same call went unanswered, which may have
 *   made one; no money has moved, and another code may be scanned;
 * - an order with DECLINED, or with CREATED and a purchase that was declined: the payment has failed. A state is an
 *   order, also where its id is missing;
 * - everything else that is no order: nobody knows, and the same call is repeated.
 */
export function createSberbankProvider(options: SberbankClientOptions): Provider {
  const client = new SberbankClient(options);
  const charges = new Map<string, Promise<ProviderReport>>();
  /** Since when an order has an unknown code, by our reference. */
  const unknownSince = new Map<string, number>();

  function report(reference: string, order: Order): ProviderReport {
    return {
      reference,
      status: isOver(reference, order) ? 'failed' : paymentStatus(order),
      ...moneyOf(order),
      providerPaymentId: order.orderId,
      detail: describeOrder(order),
    };
  }

  function isOver(reference: string, order: Order): boolean {
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
    return client.pay({ reference, amount, payload, message }, (answer) => {
      const order = orderIn(answer, reference);
      if (order && orderExists(order)) return report(reference, order);
      const no = order?.error ? notCharged(order, order.error.code) : unusable(answer);
      if (answer.repeated && no.kind === 'refused') {
        throw new ProviderError('unavailable', `${no.message}; an earlier try was not answered`);
      }
      throw no;
    });
  }

  async function status({ reference, providerPaymentId }: PaymentRef): Promise<ProviderReport> {
    const orderId = providerPaymentId === reference ? null : providerPaymentId;
    return client.status({ reference, orderId }, (answer) => {
      const order = orderIn(answer, reference);
      if (order && isMissing(order)) return { reference, status: 'created', amount: null, currency: null };
      if (order && orderExists(order)) return report(reference, order);
      // Refused and not unavailable: that this one question is not answered must not keep codes from being charged.
      if (order?.error) throw new ProviderError('refused', `no order's state: ${describeOrder(order) ?? ''}`);
      if (answer.status >= 300)
        throw new ProviderError('refused', `no order's state: ${said(answer, ABOUT_STATUS)}`);
      throw unusable(answer);
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

    /** One call at a time for each code: a repeat beside the first could meet the bank half-way through. */
    charge(request) {
      const { reference } = request;
      const underWay = charges.get(reference);
      if (underWay) return underWay;
      const begun = charge(request).finally(() => charges.delete(reference));
      charges.set(reference, begun);
      return begun;
    },

    status,

    cancel: status,

    refund: () => Promise.reject(new ProviderError('refused', 'the bank gives nothing back by this service')),

    parseWebhook() {
      throw new WebhookVerificationError('signature_missing', 'The bank sends no webhooks.');
    },
  };
}

/** No half of a surrogate pair at its end. */
function cut(message: string): string {
  return message.slice(0, MAX_MESSAGE).replace(/[\uD800-\uDBFF]$/, '');
}

/** The order that an answer speaks of; `null` when it speaks of none. */
function orderIn({ status, json }: HttpResponse, reference: string): Order | null {
  const order = gatewayErrorText(json) === null ? readOrder(json) : null;
  if (order?.reference && order.reference !== reference) {
    throw new ProviderError('unavailable', `the bank answered of another order (${status})`);
  }
  return order;
}

/** By the service's own error and nothing else: a 404 may be about the address. Any other state contradicts it. */
function isMissing({ orderId, state, error }: Order): boolean {
  const none = orderId === null && (state === null || state === 'DECLINED');
  return none && error !== null && isNoSuchOrder(error.code);
}

function notCharged(order: Order, code: string): ProviderError {
  const text = describeOrder(order) ?? '';
  return isUndecided(code)
    ? new ProviderError('unavailable', `the bank has not decided: ${text}`)
    : new ProviderError('refused', `the bank charges no such code: ${text}`);
}

/** An answer without an order. The gateway's 400 and 422 are about the call's content, so it went no further. */
function unusable(answer: HttpResponse): ProviderError {
  if (answer.status < 300)
    return new NoUsableResponse(`the bank's answer cannot be read: ${orderFaults(answer.json)}`, true);
  const kind = answer.status === 400 || answer.status === 422 ? 'refused' : 'unavailable';
  return new ProviderError(kind, said(answer, ABOUT_PAYMENT));
}

function said({ status, json }: HttpResponse, about: typeof ABOUT_PAYMENT): string {
  const answered = `the bank answered ${status}: ${gatewayErrorText(json) ?? 'no reason given'}`;
  if (status === 401 || status === 403) return `${answered} (it does not take our token: see ${about.token})`;
  if (status === 404 || status === 405) return `${answered} (no such service there: see ${about.address})`;
  return answered;
}
