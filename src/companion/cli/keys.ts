import { randomBytes } from 'node:crypto';

/** Returns three new secrets of 256 random bits each, in the form of an env file. */
export function newSecrets(): string {
  return ['SBP_API_KEY', 'SBP_TOKEN_SECRET', 'SBP_WEBHOOK_SECRET']
    .map((name) => `${name}=${randomBytes(32).toString('base64url')}\n`)
    .join('');
}
