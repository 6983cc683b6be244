/** Our ids end in 20 random characters. */
const TOKEN_INSIDE = /(pay_[A-Za-z0-9_-]{20})\.[A-Za-z0-9_-]{43}/g;

/** The bytes with every payment token in them cut down to the payment's id, for what is stored as it came. */
export function withoutTokens(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1');
  const clean = text.replace(TOKEN_INSIDE, '$1');
  return clean.length === text.length ? bytes : Buffer.from(clean, 'latin1');
}
