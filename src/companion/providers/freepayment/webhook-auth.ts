import { createHash, createPublicKey, timingSafeEqual, verify, type KeyObject } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { WebhookVerificationError } from '../../../webhooks/webhooks.ts';
import type { RawWebhook } from '../provider.ts';
import { basicAuth, type FreepaymentSettings } from './settings.ts';

/** The base64 of an RSA signature of up to 8192 bits. Doubled headers are joined by a comma, which is none of it. */
const SIGNATURE = /^[A-Za-z0-9+/]{86,1366}={0,2}$/;

/**
 * Whether a webhook is the acquirer's. With its public key: `Content-Signature` is base64(RSA-SHA256 over the raw body),
 * and an `Authorization` that comes as well must be right. Without it: HTTP Basic with the shop's own credentials.
 * Neither is dated, so an old message can be played again: what it says is a hint only (see payments/hint.ts).
 */
export class WebhookAuth {
  readonly #publicKey: KeyObject | null;
  readonly #basic: Buffer;

  constructor(settings: Pick<FreepaymentSettings, 'publicKey' | 'shopId' | 'secretKey'>) {
    this.#publicKey = settings.publicKey === null ? null : createPublicKey(settings.publicKey);
    this.#basic = digest(basicAuth(settings));
  }

  /** Throws a {@link WebhookVerificationError} for what is not authentic, whatever it is. */
  check({ headers, body }: RawWebhook): void {
    const { authorization } = headers;
    if (authorization !== undefined) this.#checkBasic(authorization);
    if (this.#publicKey !== null) checkSignature(this.#publicKey, headers, body);
    else if (authorization === undefined) {
      throw new WebhookVerificationError('signature_missing', 'Authorization is missing');
    }
  }

  #checkBasic(given: string): void {
    // Schemes are written in any case.
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

/** Equally long whatever it is of, to be compared in constant time. */
function digest(value: string): Buffer {
  return createHash('sha256').update(value).digest();
}
