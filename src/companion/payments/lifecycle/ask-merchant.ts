import * as v from 'valibot';
import type { Config } from '../../config.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import { failureReason } from '../../outbound/failure-reason.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { newId } from '../../lib/ids.ts';
import type { Payment } from '../model/payment.ts';
import { signWebhook } from '../../../webhooks/webhooks.ts';

const TIMEOUT_MS = 5_000;
const MAX_RESPONSE_BYTES = 16 * 1024;

const responseSchema = v.pipe(v.string(), v.parseJson(), v.object({ confirm: v.boolean() }));

interface Parts {
  readonly config: Pick<Config, 'confirmUrl' | 'webhookSecrets'>;
  readonly outbound: OutboundClient;
  readonly now: () => number;
}

/**
 * Returns a function that asks the merchant to confirm a payment whose provider waits for it before taking the money.
 * Without `SBP_CONFIRM_URL` every payment is confirmed. With it, that URL gets a signed POST
 * (`payment.confirmation_requested`) and must return `{"confirm": true}` or `{"confirm": false}`. Any other response, an
 * error or a timeout throws, and the reconciler asks again: none of them ever means yes.
 */
export function createMerchantConfirmation({ config, outbound, now }: Parts) {
  const url = config.confirmUrl;
  const client = url === null ? null : outbound.configured([url]);
  return async (payment: Payment): Promise<boolean> => {
    if (url === null || client === null) return true;
    const event = 'payment.confirmation_requested';
    const body = JSON.stringify({
      event,
      payment_id: payment.id,
      order_id: payment.orderId,
      test: payment.test,
      amount: payment.amount,
      currency: payment.currency,
      status: payment.status,
      method: payment.method,
      expires_at: new Date(payment.expiresAt).toISOString(),
      metadata: payment.metadata,
    });
    const signed = signWebhook({ event, deliveryId: newId('dlv'), body }, config.webhookSecrets[0]!, now());
    const call = client.call({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_RESPONSE_BYTES,
    });
    const response = await call.catch((error: unknown) => {
      throw new Error(`SBP_CONFIRM_URL did not answer: ${failureReason(error)}`);
    });
    if (response.status !== 200) throw new Error(`SBP_CONFIRM_URL returned ${response.status}`);
    const parsed = v.safeParse(responseSchema, response.body?.toString('utf8'));
    if (parsed.success) return parsed.output.confirm;
    throw new Error(`the response of SBP_CONFIRM_URL is invalid: ${unreadableFields(parsed.issues)}`);
  };
}
