/**
 * The delays of the session, ms. The widget imports nothing from the companion, so they do not use its `lib/backoff.ts`;
 * their random spreads differ as well.
 */
import { HEARTBEAT_MS } from '../../protocol/stream.ts';

/** Timeout for a response, and for the headers of a stream. */
export const ANSWER_TIMEOUT_MS = 8_000;
/** Timeout for a payer's action, which may wait for the payment system. The companion's own timeout for that is 12 s. */
export const ACTION_TIMEOUT_MS = 15_000;
/** A stream without any bytes for so long is silent: two missed heartbeats and a margin for the network. */
export const SILENCE_MS = 2 * HEARTBEAT_MS + 2_000;
/** Minimum time between two requests that the page causes (focus, wake, a button). */
export const ASK_GAP_MS = 1_000;
/** The same while the companion does not respond. */
export const TROUBLED_GAP_MS = 5_000;
/** Minimum time between two returns of the network that each reset the failures. */
export const FORGIVE_GAP_MS = 30_000;
/** A stream that closes sooner counts as short. */
export const SHORT_LIFE_MS = 10_000;
/** Bytes so long after the first ones include a heartbeat, so no proxy holds the stream back. */
export const PROOF_MS = 10_000;
/** A stream without a snapshot for so long is checked by a request: a proxy may pass on the heartbeats alone. */
export const NEWS_MS = 40_000;
/** A stream that has not brought a version so long after a request brought it is silent. */
export const OVERDUE_MS = 5_000;
/** A page without any response from a companion reports that after this time. */
export const NO_COMPANION_MS = 15_000;

/** A stream with so many damaged snapshots in a row has failed. */
export const GARBLED_EVENTS = 5;

const POLL_MS = 3_000;
const REST_MS = 60_000;
const DROP_CAP_MS = 8_000;
const TROUBLED_CAP_MS = 15_000;
const STREAM_CAP_MS = 120_000;
const RETRY_AFTER_CAP_MS = 300_000;

/**
 * After "expired" or "canceled", keep polling for a late payment at growing intervals; a hidden page stops after this time.
 */
export const GRACE_MS = 15 * 60_000;

/**
 * Returns the pause after failed requests. Full jitter spreads the requests after a restart; from the sixth failure at least
 * 5 s.
 */
export function troubledPause(failures: number, random: number): number {
  const cap = Math.min(TROUBLED_CAP_MS, 500 * 2 ** (failures - 1));
  return failures > 5 ? TROUBLED_GAP_MS + random * (cap - TROUBLED_GAP_MS) : random * cap;
}

export function pollPause(random: number): number {
  return POLL_MS * (0.8 + 0.4 * random);
}

/** Returns the pause between polls while nobody looks: the tab's title still has to show that the payment is paid. */
export function restPause(random: number): number {
  return REST_MS * (0.8 + 0.4 * random);
}

/** Returns the pause before a dropped stream is reopened. `wish` is the server's `retry:`. */
export function reopenPause(shortLives: number, wish: number | null, random: number): number {
  return Math.min(DROP_CAP_MS, wish ?? random * 1_000 * 2 ** shortLives);
}

/** Returns the pause before a failed stream is tried again; polling replaces it meanwhile. */
export function streamPause(failures: number, random: number): number {
  return Math.min(STREAM_CAP_MS, 7_500 * 2 ** failures) * (0.5 + 0.5 * random);
}

export function gracePause(elapsed: number, random: number): number {
  return Math.min(60_000, 10_000 + elapsed / 5) * (0.8 + 0.4 * random);
}

/** Returns `Retry-After` in ms; 0 when it is absent or unreadable. Reads the seconds form only, which rate limiters use. */
export function retryAfter(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'));
  return seconds > 0 ? Math.min(RETRY_AFTER_CAP_MS, seconds * 1_000) : 0;
}
