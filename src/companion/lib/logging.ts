import { createHash } from 'node:crypto';
import { pino, type Logger, type DestinationStream } from 'pino';

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

const MASK = '[masked]';

/** Never in clear, wherever a log call may put them. */
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

/** Structured logs. Request headers, bodies and query strings are not logged at all; what slips in is masked. */
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

/** Names a body in the log without showing it: what either side has kept can be compared with it. */
export function bodyHash(body: string | Buffer): string {
  return createHash('sha256').update(body).digest('hex');
}

/** Others' words, such as a refusal that repeats what it was sent: one line without what tells of a person or opens a door. */
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
