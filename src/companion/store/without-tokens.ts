/** Our ids end in 20 random characters. */
const TOKEN_INSIDE = /(pay_[A-Za-z0-9_-]{20})\.[A-Za-z0-9_-]{43}/g;

/** Returns the bytes with every payment token reduced to the payment's id, for bodies that are stored as received. */
export function withoutTokens(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const clean = text.replace(TOKEN_INSIDE, '$1');
  return clean.length === text.length ? bytes : Buffer.from(clean, 'latin1');
}
