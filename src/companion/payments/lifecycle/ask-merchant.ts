import * as v from 'valibot';
import type { Config } from '../../config.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import { failureReason } from '../../outbound/failure-reason.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { newId } from '../../lib/ids.ts';
import type { Payment } from '../model/payment.ts';
import { signWebhook } from '../../../webhooks/webhooks.ts';

const TIMEOUT_MS = 5_000;
const MAX_ANSWER_BYTES = 16 * 1024;

const answerSchema = v.pipe(v.string(), v.parseJson(), v.object({ confirm: v.boolean() }));

interface Parts {
  readonly config: Pick<Config, 'confirmUrl' | 'webhookSecrets'>;
  readonly outbound: OutboundClient;
  readonly now: () => number;
}

/**
 * The merchant's word on a payment whose provider asks before it takes the money. Without `SBP_CONFIRM_URL` every
 * payment is let through. With it, that address gets a signed POST (`payment.confirmation_requested`) and answers
 * `{"confirm": true}` or `{"confirm": false}`; anything else rejects, and is asked again: neither silence nor an error
 * is ever taken for a yes.
 */
export function createMerchantConfirmation({ config, outbound, now }: Parts) {
  const client = config.confirmUrl === null ? null : outbound.configured([config.confirmUrl]);
  return async (payment: Payment): Promise<boolean> => {
    const url = config.confirmUrl;
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
    const asked = client.call({
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      timeoutMs: TIMEOUT_MS,
      maxBytes: MAX_ANSWER_BYTES,
    });
    const answer = await asked.catch((error: unknown) => {
      throw new Error(`SBP_CONFIRM_URL did not answer: ${failureReason(error)}`);
    });
    if (answer.status !== 200) throw new Error(`SBP_CONFIRM_URL answered ${answer.status}`);
    const parsed = v.safeParse(answerSchema, answer.body?.toString('utf8'));
    if (parsed.success) return parsed.output.confirm;
    throw new Error(`the answer of SBP_CONFIRM_URL cannot be read: ${unreadableFields(parsed.issues)}`);
  };
}
