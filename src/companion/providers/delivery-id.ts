import { createHash } from 'node:crypto';

/**
 * What tells repeats of one signed message from others, where no id is under the signature. A header can be bent:
 * whoever has seen one signed message could send it again under any id, and by taking another message's id have that
 * one dropped as a repeat. The signed bytes cannot, and a sender's repeats carry the same ones.
 */
export function signedId(body: Buffer | string): string {
  return `sha256_${createHash('sha256').update(body).digest('base64url')}`;
}
