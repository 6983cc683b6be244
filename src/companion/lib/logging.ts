import { createHash } from 'node:crypto';
import { pino, type Logger, type DestinationStream } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MASK = '[masked]';

/** Fields that are masked, at any of three levels of a log call. */
const MASKED_FIELDS = [
  'authorization',
  'token',
  'api_key',
  'secret',
  'phone',
  'email',
  'ip',
  'customer',
  'payment_url',
];

/** Returns the logger. Request headers, bodies and query strings are never logged; {@link MASKED_FIELDS} are masked. */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    redact: {
      paths: MASKED_FIELDS.flatMap((field) => [field, `*.${field}`, `*.*.${field}`]),
      censor: MASK,
    },
  };
  return destination ? pino(options, destination) : pino(options);
}

/** Returns the SHA-256 of a body. The log names a body by it without showing the content. */
export function bodyHash(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Returns foreign text (such as a refusal that repeats our request) as one line, without personal data and secrets. */
export function sanitizeForLog(text: string): string {
  return text
    .slice(0, 1_000)
    .replace(/[\p{Cc}\p{Cf}\p{Cs}\s]+/gu, ' ')
    .replace(/\S+@\S+/g, MASK)
    .replace(/\S{33,}/g, MASK) // longer than any id: a token, a key
    .replace(/\+?\d[\d ().-]{5,}\d/g, MASK) // a phone, a card, an account, an address
    .trim()
    .slice(0, 300)
    .replace(/\p{Cs}$/u, ''); // half a character
}
