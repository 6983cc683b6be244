import { verifyWebhook, WebhookVerificationError } from 'sbp-checkout/webhooks';

/**
 * The payload of an authentic webhook, or null: answer 401 then.
 * It may come twice: act once for each payment_id and status, and on no version below the last one.
 * `body`: the raw bytes; `headers`: Node's request.headers; `now`: unix time in seconds.
 */
export function verify(body, headers, secrets, now = Date.now() / 1000) {
  try {
    return verifyWebhook({ body, headers, secrets, now: now * 1000 }).payload;
  } catch (error) {
    if (error instanceof WebhookVerificationError) return null;
    throw error;
  }
}
