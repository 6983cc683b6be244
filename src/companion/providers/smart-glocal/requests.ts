/**
 * What Smart Glocal is asked. Only `session/init/payment` is published with an example, which these bodies follow field
 * by field. Amounts are minor units: the example's `1000` with `RUB` is read as 1000 kopecks, as integer amounts mostly
 * are. Its unit is not stated: each sum that a report names is checked against ours before the payment is confirmed and
 * before it counts as paid, and none is paid whose sum is not named.
 */
import { normalizePhone } from '../../../protocol/phone.ts';
import type { CreateRequest } from '../provider.ts';
import type { Channel } from './settings.ts';

/** One call that creates a session and starts its payment. */
export function initBody(request: CreateRequest, channel: Channel) {
  return {
    ...paymentPart(request, channel),
    ...identityPart(request),
    ...optionsPart(request),
  };
}

/**
 * The pair of calls does the same in two steps. Their bodies are not published: that who pays goes into the first and
 * what is paid into the second is unconfirmed.
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

/** Our reference twice: by either its webhooks name a session whose answer was lost. */
function identityPart({ reference }: CreateRequest) {
  return { metadata: reference, customer: { reference } };
}

function optionsPart({ returnUrl, hostedPage }: CreateRequest) {
  return { payment_options: { return_url: returnUrl ?? hostedPage } };
}
