import { createHmac } from 'node:crypto';

export interface WebhookHeaders {
  readonly 'x-sbp-event': string;
  readonly 'x-sbp-timestamp': string;
  readonly 'x-sbp-delivery': string;
  readonly 'x-sbp-signature': string;
}

/** Returns the headers of a signed webhook. `now`: Unix time in ms. */
export function signWebhook(
  message: { event: string; deliveryId: string; body: string },
  secret: string,
  now: number,
): WebhookHeaders {
  const time = String(Math.floor(now / 1000));
  return {
    'x-sbp-event': message.event,
    'x-sbp-timestamp': time,
    'x-sbp-delivery': message.deliveryId,
    'x-sbp-signature': `t=${time},v1=${hmac(secret, time, message.body).toString('hex')}`,
  };
}

/** Returns the signature of a body. `time`: Unix time in seconds, as the header spells it. */
export function hmac(secret: string, time: string, body: Buffer | string): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}
