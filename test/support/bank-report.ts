import { signWebhook } from '../../src/webhooks/webhooks.ts';
import { WEBHOOK_SECRET } from './companion.ts';

/** Returns a signed report of the sandbox's bank with any content. */
export function bankReport(
  url: string,
  fields: { payment_id: string; status: string; [field: string]: unknown },
  now = Date.now(),
): Promise<Response> {
  const event = `payment.${fields.status}`;
  const body = JSON.stringify({ event, amount: 125_000, currency: 'RUB', ...fields });
  const deliveryId = `${fields.payment_id} ${fields.status} ${Math.random()}`;
  return fetch(`${url}/webhooks/sandbox`, {
    method: 'POST',
    body,
    headers: { ...signWebhook({ event, deliveryId, body }, WEBHOOK_SECRET, now) },
  });
}
