import { bankListSchema, snapshotSchema } from '../../../protocol/schemas.ts';
import { payersBanksQuery } from '../checkout/routes.ts';
import { buyerQrSchema, methodSchema, pushSchema } from '../checkout/payer-actions.ts';
import type { ProblemCode } from '../plumbing/problem-codes.ts';
import type { Operation } from './operation.ts';

const ANY: readonly ProblemCode[] = ['token_in_query', 'invalid_token', 'origin_not_allowed', 'rate_limited'];
/** A body must be readable, also where none is needed. */
const ANY_POST: readonly ProblemCode[] = [
  ...ANY,
  'malformed_json',
  'body_too_large',
  'unsupported_media_type',
];

const SESSION = '/checkout/v1/session';
const payers = { method: 'get', security: 'paymentToken', refusals: ANY } as const;
const snapshot = [{ status: 200, body: snapshotSchema }] as const;

export function checkoutOperations(): Operation[] {
  return [
    { ...payers, path: SESSION, summary: 'The snapshot', answers: snapshot },
    {
      ...payers,
      path: `${SESSION}/events`,
      summary: 'Snapshots as Server-Sent Events; 204 when the page has seen all',
      headers: ['Last-Event-ID'],
      answers: [
        { status: 200, body: 'text/event-stream' },
        { status: 204, body: null },
      ],
      refusals: [...ANY, 'too_many_streams'],
    },
    {
      ...payers,
      path: `${SESSION}/banks`,
      summary: 'Bank links, ready to tap; without a platform, for that of the User-Agent',
      query: payersBanksQuery.entries,
      answers: [{ status: 200, body: bankListSchema }],
      refusals: [...ANY, 'invalid_fields'],
    },
    {
      ...payers,
      path: `${SESSION}/qr`,
      summary: 'The QR code as SVG, for a page that draws none itself',
      answers: [{ status: 200, body: 'image/*' }],
      refusals: [...ANY, 'qr_not_found'],
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/method`,
      summary: 'Choose a method, or another one',
      body: methodSchema,
      answers: snapshot,
      refusals: [...ANY_POST, 'invalid_fields', 'method_not_changeable', 'too_many_pushes'],
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/push`,
      summary: 'A message to the payer’s phone that leads to the payment',
      body: pushSchema,
      answers: snapshot,
      refusals: [...ANY_POST, 'invalid_fields', 'not_pushable', 'push_not_sent', 'too_many_pushes'],
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/buyer-qr`,
      summary: 'Charge the code that the payer has shown',
      body: buyerQrSchema,
      answers: snapshot,
      refusals: [...ANY_POST, 'invalid_fields', 'not_scannable'],
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/renew`,
      summary: 'A fresh QR after expiry, in place',
      answers: snapshot,
      refusals: [...ANY_POST, 'not_renewable', 'too_many_pushes'],
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/check`,
      summary: 'The payer is back from the bank, or asks: the provider is asked now',
      answers: snapshot,
      refusals: ANY_POST,
    },
    {
      ...payers,
      method: 'post',
      path: `${SESSION}/cancel`,
      summary: 'The payer gives up',
      answers: snapshot,
      refusals: [...ANY_POST, 'not_cancelable'],
    },
    {
      method: 'get',
      path: '/checkout/v1/banks/{id}/logo',
      summary: 'A bank’s logo',
      security: 'none',
      answers: [{ status: 200, body: 'image/*' }],
      refusals: ['origin_not_allowed', 'logo_not_found'],
    },
  ];
}
