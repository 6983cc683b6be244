import { createHash } from 'node:crypto';

/**
 * Returns a delivery id made from signed bytes, for webhooks without an id under their signature. A header could be
 * forged: a copy of a signed message could be sent again under a new id, or under the id of another message, which would
 * then be dropped as a repeat. The signed bytes cannot be forged, and repeats have the same ones.
 */
export function deliveryIdOf(signedBytes: Buffer | string): string {
  return `sha256_${createHash('sha256').update(signedBytes).digest('base64url')}`;
}
