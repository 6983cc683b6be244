import type { FastifyBaseLogger } from 'fastify';
import type { SampledLog } from '../../lib/sampled-log.ts';

/** Anyone can invent origins, so only this many are logged by name. Then one line a minute covers the others. */
const NAMED = 100;
/** The longest host name has 253 characters. */
const MAX_LENGTH = 300;

const NOT_ALLOWED =
  'a page of an origin that is not allowed asked for a payment: if it is yours, add it to SBP_ALLOWED_ORIGINS';

/** Returns the function that warns once about each refused origin. */
export function refusedOriginLog(
  log: Pick<FastifyBaseLogger, 'warn'>,
  sampledLog: Pick<SampledLog, 'warn'>,
): (origin: string) => void {
  const named = new Set<string>();
  return (given) => {
    const origin = given.slice(0, MAX_LENGTH);
    if (named.has(origin)) return;
    if (named.size < NAMED) {
      named.add(origin);
      log.warn({ origin }, NOT_ALLOWED);
    } else {
      sampledLog.warn('refused origins', { origin }, NOT_ALLOWED);
    }
  };
}
