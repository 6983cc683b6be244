import { createHmac, timingSafeEqual } from 'node:crypto';
import { tokensIn } from '../../../protocol/payment-token.ts';

const TOKEN = /^([A-Za-z0-9_-]{1,32})\.([A-Za-z0-9_-]{43})$/;

/**
 * Payment tokens: `<payment_id>.<base64url HMAC-SHA256 of the id>`. A token opens its one payment to its payer and
 * is checked before any look-up, so a guess costs us one hash.
 */
export class PaymentTokens {
  readonly #secrets: readonly string[];

  /** The first secret signs; all of them are accepted, so that one can replace another. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets;
  }

  issue(paymentId: string): string {
    return `${paymentId}.${mac(this.#secrets[0]!, paymentId).toString('base64url')}`;
  }

  /** The payment the token opens, or `null` for anything not signed by us. */
  verify(token: string): string | null {
    const match = TOKEN.exec(token);
    if (!match) return null;
    const paymentId = match[1]!;
    const given = Buffer.from(match[2]!, 'base64url');
    // 43 characters carry 2 spare bits: only the spelling we issue counts, or one token would have four.
    if (given.toString('base64url') !== match[2]) return null;
    const results = this.#secrets.map((secret) => timingSafeEqual(mac(secret, paymentId), given));
    return results.includes(true) ? paymentId : null;
  }

  /** Whether a token that opens a payment is in this address, in its path or query, encoded or not. */
  areIn(address: string): boolean {
    return tokensIn(address).some((token) => this.verify(token) !== null);
  }
}

function mac(secret: string, paymentId: string): Buffer {
  return createHmac('sha256', secret).update(paymentId).digest();
}
