/**
 * The bodies of the calls. Only `session/init/payment` is published with an example; these bodies follow it field by
 * field. Amounts are minor units: the example's `1000` with `RUB` is read as 1000 kopecks, like most integer amounts.
 * The unit is not documented. So each reported amount is compared with ours before the payment is confirmed and before
 * it counts as paid, and a payment without an amount never counts as paid.
 */
import { normalizePhone } from '../../../protocol/phone.ts';
import type { CreateRequest } from '../provider.ts';
import type { Channel } from './settings.ts';

/** Creates a session and starts its payment in one call. */
export function initBody(request: CreateRequest, channel: Channel) {
  return {
    ...paymentPart(request, channel),
    ...identityPart(request),
    ...optionsPart(request),
  };
}

/**
 * Does the same in two calls. Their bodies are not published: it is unconfirmed that the payer goes into the first and
 * the payment into the second.
 */
export function createBody(request: CreateRequest) {
  return identityPart(request);
}

export function startBody(request: CreateRequest, channel: Channel, sessionId: string) {
  return { session_id: sessionId, ...paymentPart(request, channel), ...optionsPart(request) };
}

function paymentPart({ customer, amount, currency }: CreateRequest, channel: Channel) {
  const phone = customer.phone === undefined ? null : normalizePhone(customer.phone);
  return {
    payment_details: {
      type: 'internet_banking',
      internet_banking: {
        type: 'sber_pay',
        sber_pay: { ...(phone === null ? {} : { phone }), channel },
      },
    },
    amount_details: { amount, currency },
  };
}

/** Contains our reference twice: webhooks repeat one of them, and so identify a session whose response was lost. */
function identityPart({ reference }: CreateRequest) {
  return { metadata: reference, customer: { reference } };
}

function optionsPart({ returnUrl, hostedPage }: CreateRequest) {
  return { payment_options: { return_url: returnUrl ?? hostedPage } };
}
