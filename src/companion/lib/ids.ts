import { randomBytes } from 'node:crypto';

/** `pay_` and 20 characters of 120 random bits: at most 32 characters of `[A-Za-z0-9_-]`, unguessable. */
export function newId(prefix: 'pay' | 'dlv' | 'rfd' | 'att'): string {
  return `${prefix}_${randomBytes(15).toString('base64url')}`;
}
