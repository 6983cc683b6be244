/**
 * Signed webhooks: the format that the companion sends, and the verifier for merchants
 * (`import { verifyWebhook } from 'sbp-checkout/webhooks'`).
 *
 * `X-SBP-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<raw body>")>`
 */
export type { RawBody, WebhookHeaderSource } from './request.ts';
export { signWebhook, type WebhookHeaders } from './sign.ts';
export {
  DEFAULT_TOLERANCE_SECONDS,
  verifyWebhook,
  WebhookVerificationError,
  type VerifiedWebhook,
  type VerifyOptions,
} from './verify.ts';
