import { randomBytes } from 'node:crypto';

/** The three secrets, 256 random bits each, as lines of an env file. */
export function newSecrets(): string {
  return ['SBP_API_KEY', 'SBP_TOKEN_SECRET', 'SBP_WEBHOOK_SECRET']
    .map((name) => `${name}=${randomBytes(32).toString('base64url')}\n`)
    .join('');
}
