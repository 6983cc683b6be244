import { createHash, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import type { RawWebhook } from '../provider.ts';
import { basicAuth, type FreepaymentSettings } from './settings.ts';

/**
 * The base64 of an RSA signature of up to 8192 bits. Node joins repeated headers with a comma, which does not match.
 */
const SIGNATURE = /^[A-Za-z0-9+/]{86,1366}={0,2}$/;

/**
 * Verifies that a webhook comes from the acquirer. With its public key, `Content-Signature` must be base64(RSA-SHA256
 * over the raw body), and `Authorization`, if present, must be right. Without the key, the webhook must have the shop's
 * HTTP Basic credentials. Neither contains a time, so an old message can be sent again: a status call must confirm it.
 */
export class WebhookAuth {
  readonly #publicKey: KeyObject | null;
  readonly #basic: Buffer;

  constructor(settings: Pick<FreepaymentSettings, 'publicKey' | 'shopId' | 'secretKey'>) {
    this.#publicKey = settings.publicKey === null ? null : createPublicKey(settings.publicKey);
    this.#basic = digest(basicAuth(settings));
  }

  /** Throws a {@link WebhookVerificationError} for a webhook that is not authentic. */
  check({ headers, body }: RawWebhook): void {
    const { authorization } = headers;
    if (authorization !== undefined) this.#checkBasic(authorization);
    if (this.#publicKey !== null) checkSignature(this.#publicKey, headers, body);
    else if (authorization === undefined) {
      throw new WebhookVerificationError('signature_missing', 'Authorization is missing');
    }
  }

  #checkBasic(given: string): void {
    // The name of the scheme is case-insensitive.
    const normal = given.replace(/^basic +/i, 'Basic ');
    if (timingSafeEqual(digest(normal), this.#basic)) return;
    throw new WebhookVerificationError('signature_mismatch', 'Authorization is not the shop’s');
  }
}

function checkSignature(publicKey: KeyObject, headers: IncomingHttpHeaders, body: Buffer): void {
  const given = headers['content-signature'];
  if (given === undefined || given === '') {
    throw new WebhookVerificationError('signature_missing', 'Content-Signature is missing');
  }
  if (typeof given !== 'string' || !SIGNATURE.test(given)) {
    throw new WebhookVerificationError(
      'signature_malformed',
      'Content-Signature must be one base64 signature',
    );
  }
  if (!verify('sha256', body, publicKey, Buffer.from(given, 'base64'))) {
    throw new WebhookVerificationError('signature_mismatch', 'Content-Signature does not match the body');
  }
}

/** A hash makes both values equally long, so that they can be compared in constant time. */
function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
