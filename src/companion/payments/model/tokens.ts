import { createHmac, timingSafeEqual } from 'node:crypto';
import { tokensIn } from '../../../protocol/payment-token.ts';

const TOKEN = /^([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{43})$/;

/**
 * Payment tokens: `<payment_id>.<base64url HMAC-SHA256 of the id>`. A token opens one payment to its payer. It is checked
 * before any look-up, so a guess costs one hash.
 */
export class PaymentTokens {
  readonly #secrets: readonly string[];

  /** The first secret signs. Tokens of every secret are accepted, so that secrets can be rotated. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  issue(paymentId: string): string {
    return `${paymentId}.${mac(this.#secrets[0]!, paymentId).toString('base64url')}`;
  }

  /** Returns the id of the payment that the token opens; `null` if we have not signed it. */
  verify(token: string): string | null {
    const match = TOKEN.exec(token);
    if (!match) return null;
    const paymentId = match[1]!;
    const given = Buffer.from(match[2]!, 'base64url');
    // 43 characters have 2 unused bits, so one token would have four spellings. Accept only the one that we issue.
    if (given.toString('base64url') !== match[2]) return null;
    const results = this.#secrets.map((secret) => timingSafeEqual(mac(secret, paymentId), given));
    return results.includes(true) ? paymentId : null;
  }

  /** True if the path or query of this address contains a token that opens a payment, encoded or not. */
  areIn(address: string): boolean {
    return tokensIn(address).some((token) => this.verify(token) !== null);
  }
}

function mac(secret: string, paymentId: string): Buffer {
  return createHmac('sha256', secret).update(paymentId).digest();
}
