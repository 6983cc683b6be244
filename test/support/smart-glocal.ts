import { createSign, createVerify, generateKeyPairSync } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CreateRequest, PaymentRef } from '../../src/companion/providers/provider.ts';
import type { SmartGlocalSettings } from '../../src/companion/providers/smart-glocal/settings.ts';

const FIXTURES = join(import.meta.dirname, '../fixtures/smart-glocal');

export function fixture(name: string): unknown {
  return JSON.parse(readFileSync(join(FIXTURES, `${name}.json`), 'utf8'));
}

const ours = generateKeyPairSync('rsa', { modulusLength: 2048 });
const theirs = generateKeyPairSync('rsa', { modulusLength: 2048 });

export function settingsFor(baseUrl: string, others: Partial<SmartGlocalSettings> = {}): SmartGlocalSettings {
  return {
    baseUrl,
    project: 'test_project',
    privateKey: ours.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: theirs.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    channel: 'mobile_web',
    flow: 'init',
    refundPath: '/session/refund',
    test: false,
    ...others,
  };
}

/** True if a call has our signature over exactly these bytes. */
export function isOurs(body: string | Buffer, signature: string): boolean {
  return createVerify('RSA-SHA256').update(body).verify(ours.publicKey, signature, 'base64');
}

/** Returns a webhook signed by the provider. */
export function signedWebhook(payload: unknown) {
  const body = Buffer.from(typeof payload === 'string' ? payload : JSON.stringify(payload));
  const signature = createSign('RSA-SHA256').update(body).sign(theirs.privateKey, 'base64');
  return { headers: { 'x-partner-sign': signature } as Record<string, string>, body };
}

export const request: CreateRequest = {
  reference: 'pay_ABCDEFGHIJKLMNOPQRST',
  method: 'sberpay',
  amount: 125_000,
  currency: 'RUB',
  orderId: 'ORD-1',
  description: 'Ромашки',
  merchantName: 'Ромашка',
  expiresAt: Date.UTC(2026, 0, 1, 1),
  returnUrl: 'https://shop.example/thanks',
  hostedPage: 'https://pay.example/pay#token',
  customer: { phone: '8 (999) 000-11-22' },
};

export const ref: PaymentRef = {
  reference: request.reference,
  providerPaymentId: 'ps_1',
  method: 'sberpay',
  amount: 125_000,
  currency: 'RUB',
};

/** A session with one payment, in the form of responses and webhooks. */
export function sessionOf(
  session: Record<string, unknown> = {},
  payment: Record<string, unknown> | null = {},
): Record<string, unknown> {
  const details = {
    id: 'pm_1',
    status: 'in_progress',
    customer: { reference: request.reference },
    metadata: request.reference,
    amount_details: { amount: 125_000, currency: 'RUB' },
    ...payment,
  };
  return {
    id: 'ps_1',
    status: 'in_progress',
    created_at: '2026-01-01T00:00:00.000001Z',
    updated_at: '2026-01-01T00:00:01.000001Z',
    acquiring_payments: payment === null ? [] : [details],
    ...session,
  };
}

export function withLink(url: unknown): Record<string, unknown> {
  return { customer_interaction: { type: 'redirect', redirect: { url } } };
}
