/**
 * Signed webhooks: the format this product sends, and the verifier for those who receive it
 * (`import { verifyWebhook } from 'sbp-checkout/webhooks'`).
 *
 * `X-SBP-Signature: t=<unix seconds>,v1=<hex HMAC-SHA256(secret, "<t>.<raw body>")>`
 */
import { createHmac, timingSafeEqual } from 'node:crypto';
import { headerValue, rawBytes, type RawBody, type WebhookHeaderSource } from './request.ts';

export type { RawBody, WebhookHeaderSource } from './request.ts';

/** Older, or dated further ahead, than this is refused: a recorded message cannot be played again later. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** More signatures in one header than any rotation needs. */
const MAX_SIGNATURES = 8;

export interface WebhookHeaders {
  readonly 'x-sbp-event': string;
  readonly 'x-sbp-timestamp': string;
  readonly 'x-sbp-delivery': string;
  readonly 'x-sbp-signature': string;
}

export interface VerifyOptions {
  /** The request's body exactly as it came, before any parsing. */
  readonly body: RawBody;
  /** Node's `request.headers`, `Headers` of the Fetch API, or any record, in whatever case its names are. */
  readonly headers: WebhookHeaderSource;
  /** The current secret; several while one replaces another, as a list or comma-separated as in `SBP_WEBHOOK_SECRET`. */
  readonly secrets: string | readonly string[];
  /** Seconds; 300 unless told. */
  readonly toleranceSeconds?: number;
  /** Unix time in ms; the system's clock unless told. */
  readonly now?: number;
}

export interface VerifiedWebhook {
  /** `payment.paid` … */
  readonly event: string;
  /** The same for every repeat of one message: remember it and drop what you have seen. */
  readonly deliveryId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The message did not come from the holder of the secret, or not now. Answer 401 and believe nothing of it. */
export class WebhookVerificationError extends Error {
  readonly reason:
    | 'signature_missing'
    | 'signature_malformed'
    | 'signature_mismatch'
    | 'timestamp_out_of_range'
    | 'body_malformed';
  constructor(reason: WebhookVerificationError['reason'], message: string) {
    super(message);
    this.name = 'WebhookVerificationError';
    this.reason = reason;
  }
}

/**
 * Verifies a webhook in constant time and parses its body. Throws {@link WebhookVerificationError} when it is not
 * authentic, and a `TypeError` for a mistake of the caller: no secret to verify it by, a body that is parsed, no headers.
 */
export function verifyWebhook(options: VerifyOptions): VerifiedWebhook {
  const { headers, secrets, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now = Date.now() } = options;
  // Before the signature, so that it is told of the first webhook, whatever that is signed by.
  const body = rawBytes(options.body);
  const { time, signatures } = parseSignature(headerValue(headers, 'x-sbp-signature'));
  const accepted = readSecrets(secrets).map((secret) => hmac(secret, time, body));
  // Every pair is compared, so that the time taken tells nothing about which one matched.
  const matches = signatures.flatMap((given) => accepted.map((ours) => timingSafeEqual(ours, given)));
  if (!matches.includes(true)) {
    throw new WebhookVerificationError('signature_mismatch', 'X-SBP-Signature does not match the body');
  }
  if (!(Math.abs(now / 1000 - Number(time)) <= toleranceSeconds)) {
    throw new WebhookVerificationError(
      'timestamp_out_of_range',
      `The signed time is more than ${toleranceSeconds} s off`,
    );
  }
  const payload = parseBody(body);
  return {
    event: typeof payload['event'] === 'string' ? payload['event'] : '',
    deliveryId: headerValue(headers, 'x-sbp-delivery') ?? '',
    payload,
  };
}

/** The headers of one signed webhook. `now` in ms. */
export function signWebhook(
  message: { event: string; deliveryId: string; body: string },
  secret: string,
  now: number,
): WebhookHeaders {
  const time = String(Math.floor(now / 1000));
  return {
    'x-sbp-event': message.event,
    'x-sbp-timestamp': time,
    'x-sbp-delivery': message.deliveryId,
    'x-sbp-signature': `t=${time},v1=${hmac(secret, time, message.body).toString('hex')}`,
  };
}

/** An unset variable must not turn into an empty key, with which anybody can sign. */
function readSecrets(secrets: unknown): string[] {
  const list: unknown[] = Array.isArray(secrets)
    ? secrets
    : typeof secrets === 'string'
      ? secrets.split(',')
      : [];
  const usable = list.filter((secret) => typeof secret === 'string').map((secret) => secret.trim());
  if (usable.length === 0 || usable.includes('')) {
    throw new TypeError(
      'verifyWebhook needs at least one secret that is not empty: is SBP_WEBHOOK_SECRET set?',
    );
  }
  return usable;
}

function parseSignature(value: string | null): { time: string; signatures: Buffer[] } {
  if (value === null)
    throw new WebhookVerificationError('signature_missing', 'X-SBP-Signature is missing or doubled');
  let time: string | null = null;
  const signatures: Buffer[] = [];
  for (const part of value.slice(0, 4096).split(',')) {
    const [name, ...rest] = part.trim().split('=');
    const text = rest.join('=');
    if (name === 't') {
      // Of two times only one can be the signed one: the header came twice, which Node has joined by a comma.
      if (time !== null || !/^\d{1,12}$/.test(text)) throw malformedSignature();
      time = text;
    }
    if (name === 'v1' && signatures.length < MAX_SIGNATURES && /^[0-9a-f]{64}$/i.test(text)) {
      signatures.push(Buffer.from(text, 'hex'));
    }
  }
  if (time === null || signatures.length === 0) throw malformedSignature();
  return { time, signatures };
}

function malformedSignature(): WebhookVerificationError {
  return new WebhookVerificationError(
    'signature_malformed',
    'X-SBP-Signature must read t=<unix seconds>,v1=<64 hex digits>',
  );
}

function hmac(secret: string, time: string, body: Buffer | string): Buffer {
  return createHmac('sha256', secret).update(`${time}.`).update(body).digest();
}

function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // falls through: the sender signed something that is no JSON object
  }
  throw new WebhookVerificationError('body_malformed', 'The body is not a JSON object');
}
