import type { FastifyBaseLogger } from 'fastify';
import type { ConfiguredCertificate } from './certificates.ts';

const DAY_MS = 24 * 3_600_000;
/** Banks need days to issue a new certificate. */
const WARN_BEFORE_MS = 30 * DAY_MS;

interface Parts {
  readonly certificates: readonly ConfiguredCertificate[];
  readonly log: FastifyBaseLogger;
  /** Unix time in ms. */
  readonly now: () => number;
}

/**
 * Logs at start and every day which certificates have expired, are not valid yet, or expire within 30 days. The companion also
 * starts with an expired certificate: other methods keep working, and its own payments continue after it is replaced.
 */
export class CertificateWatch {
  readonly #parts: Parts;
  #timer: NodeJS.Timeout | null = null;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Starts the daily check. */
  start(): void {
    this.#timer ??= setInterval(() => this.look(), DAY_MS).unref();
  }

  close(): void {
    if (this.#timer) clearInterval(this.#timer);
    this.#timer = null;
  }

  look(): void {
    const { certificates, log, now } = this.#parts;
    for (const { setting, validFrom, validTo } of certificates) {
      const fields = { setting, valid_from: iso(validFrom), valid_to: iso(validTo) };
      const left = validTo - now();
      if (left <= 0) {
        log.error(
          fields,
          `the certificate in ${setting} expired on ${day(validTo)}: its provider refuses every call. Get a new one`,
        );
      } else if (validFrom > now()) {
        log.error(
          fields,
          `the certificate in ${setting} is not valid before ${day(validFrom)}: wait, or set this machine’s clock right`,
        );
      } else if (left <= WARN_BEFORE_MS) {
        log.warn(
          fields,
          `the certificate in ${setting} ends on ${day(validTo)}, in ${Math.floor(left / DAY_MS)} days: get a new one`,
        );
      }
    }
  }
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}

function day(ms: number): string {
  return iso(ms).slice(0, 10);
}
