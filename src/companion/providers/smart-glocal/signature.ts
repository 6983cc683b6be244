import { createSign, createVerify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';

/** The header of the signature, in calls and in webhooks. */
export const SIGNATURE_HEADER = 'x-partner-sign';

const BASE64 = /^[A-Za-z0-9+/]+={0,2}$/;

/** RSASSA-PKCS1-v1_5 with SHA-256 over the exact bytes of a body, in base64. */
export function sign(body: string | Buffer, key: KeyObject): string {
  return createSign('sha256').update(body).sign(key, 'base64');
}

/** Throws a {@link WebhookVerificationError} unless the holder of the key signed exactly this body. */
export function verifySignature(headers: IncomingHttpHeaders, body: Buffer, key: KeyObject): void {
  const given = headers[SIGNATURE_HEADER];
  if (typeof given !== 'string' || given === '') {
    throw new WebhookVerificationError('signature_missing', 'X-PARTNER-SIGN is missing');
  }
  if (given.length % 4 !== 0 || !BASE64.test(given)) {
    throw new WebhookVerificationError('signature_malformed', 'X-PARTNER-SIGN must be base64');
  }
  if (!createVerify('sha256').update(body).verify(key, given, 'base64')) {
    throw new WebhookVerificationError('signature_mismatch', 'X-PARTNER-SIGN does not match the body');
  }
}
