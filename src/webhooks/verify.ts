import { timingSafeEqual } from 'node:crypto';
import { headerValue, rawBytes, type RawBody, type WebhookHeaderSource } from './request.ts';
import { hmac } from './sign.ts';

/** A message whose signed time differs more than this is refused, so that a recorded message cannot be replayed later. */
export const DEFAULT_TOLERANCE_SECONDS = 300;

/** No rotation of secrets needs more signatures in one header. */
const MAX_SIGNATURES = 8;

export interface VerifyOptions {
  /** The request's body exactly as received, before any parsing. */
  readonly body: RawBody;
  /** Node's `request.headers`, `Headers` of the Fetch API, or a record whose names may have any case. */
  readonly headers: WebhookHeaderSource;
  /** The current secret; during a rotation several, as a list or comma-separated as in `SBP_WEBHOOK_SECRET`. */
  readonly secrets: string | readonly string[];
  /** Seconds. Defaults to 300. */
  readonly toleranceSeconds?: number;
  /** Unix time in ms. Defaults to the system's clock. */
  readonly now?: number;
}

export interface VerifiedWebhook {
  /** For example `payment.paid`. */
  readonly event: string;
  /** The same for every repeat of one message: store it, and ignore a message whose id is stored already. */
  readonly deliveryId: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

/** The message is not signed by the secret, or its signed time is out of range. Respond with 401 and ignore its content. */
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
 * Verifies a webhook in constant time and parses its body. Throws a {@link WebhookVerificationError} for a message that
 * is not authentic, and a `TypeError` for a mistake of the caller: no secret, a parsed body, no headers.
 */
export function verifyWebhook(options: VerifyOptions): VerifiedWebhook {
  const { headers, secrets, toleranceSeconds = DEFAULT_TOLERANCE_SECONDS, now = Date.now() } = options;
  // Checked before the signature, so that the caller learns of a parsed body with the very first webhook.
  const body = rawBytes(options.body);
  const { time, signatures } = parseSignature(headerValue(headers, 'x-sbp-signature'));
  const accepted = readSecrets(secrets).map((secret) => hmac(secret, time, body));
  // Every pair is compared, so that the duration does not reveal which one matched.
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

/** Throws for an empty secret: an unset variable must not become an empty key, with which anybody can sign. */
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
      // Two times mean that the header was sent twice and Node joined both by a comma.
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

function parseBody(body: Buffer): Record<string, unknown> {
  try {
    const parsed: unknown = JSON.parse(body.toString('utf8'));
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>;
  } catch {
    // Not JSON: throws below.
  }
  throw new WebhookVerificationError('body_malformed', 'The body is not a JSON object');
}
