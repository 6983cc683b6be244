import * as v from 'valibot';
import type { Operation } from './operation.ts';

const open = { method: 'get', security: 'none' } as const;

/** What is neither the merchant's nor the payer's. */
export function otherOperations(): Operation[] {
  return [
    {
      ...open,
      method: 'post',
      path: '/webhooks/{provider}',
      summary: 'A provider’s signed report',
      answers: [{ status: 200, body: v.strictObject({ received: v.literal(true) }) }],
      refusals: [
        'signature_missing',
        'signature_malformed',
        'signature_mismatch',
        'timestamp_out_of_range',
        'body_malformed',
        'address_not_allowed',
        'unknown_provider',
        'body_too_large',
        'rate_limited',
      ],
    },
    {
      ...open,
      path: '/healthz',
      summary: 'The process runs',
      answers: [{ status: 200, body: v.strictObject({ status: v.literal('ok') }) }],
      refusals: [],
    },
    {
      ...open,
      path: '/readyz',
      summary: 'The process can do its work',
      answers: [{ status: 200, body: v.strictObject({ status: v.literal('ready') }) }],
      refusals: ['store_not_writable', 'shutting_down'],
    },
    {
      ...open,
      path: '/metrics',
      summary: 'For Prometheus',
      security: 'apiKey',
      answers: [{ status: 200, body: 'text/plain' }],
      refusals: ['invalid_api_key', 'rate_limited'],
    },
  ];
}
