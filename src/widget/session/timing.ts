/**
 * The delays of the session, ms. The widget imports nothing from the companion, so they do not use its `lib/backoff.ts`;
 * their random spreads differ as well.
 */
import { HEARTBEAT_MS } from '../../protocol/stream.ts';

/** A silent server is given up after this long, for an answer or for a stream's headers. */
export const ANSWER_TIMEOUT_MS = 8_000;
/** What a payer does may have to wait for the payment system, which the companion gives 12 s. */
export const ACTION_TIMEOUT_MS = 15_000;
/** Two missed heartbeats and a little for the network. */
export const SILENCE_MS = 2 * HEARTBEAT_MS + 2_000;
/** Least time between two questions that the page's own doings cause (focus, wake, a button). */
export const ASK_GAP_MS = 1_000;
/** The same while the companion does not answer. */
export const TROUBLED_GAP_MS = 5_000;
/** Least time between two returns of the network that each make up for former failures. */
export const FORGIVE_GAP_MS = 30_000;
/** A stream that closes sooner than this was not worth having. */
export const SHORT_LIFE_MS = 10_000;
/** A stream that brings bytes so long after its first ones is not held back by a proxy: a heartbeat is among them. */
export const PROOF_MS = 10_000;
/** A stream without a snapshot for so long is checked by a question: a proxy may send the heartbeats in place of news. */
export const NEWS_MS = 40_000;
/** A stream that has not brought a snapshot so long after a question has is of no use. */
export const OVERDUE_MS = 5_000;
/** A page that has not heard the companion for so long says so. */
export const NO_COMPANION_MS = 15_000;

/** A stream that says nothing else in a row is of no use. */
export const GARBLED_EVENTS = 5;

const POLL_MS = 3_000;
const REST_MS = 60_000;
const DROP_CAP_MS = 8_000;
const TROUBLED_CAP_MS = 15_000;
const STREAM_CAP_MS = 120_000;
const RETRY_AFTER_CAP_MS = 300_000;

/** Late money may follow an expiry or a cancel: asked for ever more rarely, and by a page that nobody sees not for ever. */
export const GRACE_MS = 15 * 60_000;

/** Full jitter at first, so that a restart is not met by a wave; from the sixth failure never under 5 s. */
export function troubledPause(failures: number, random: number): number {
  const cap = Math.min(TROUBLED_CAP_MS, 500 * 2 ** (failures - 1));
  return failures > 5 ? TROUBLED_GAP_MS + random * (cap - TROUBLED_GAP_MS) : random * cap;
}

export function pollPause(random: number): number {
  return POLL_MS * (0.8 + 0.4 * random);
}

/** While nobody looks: the tab's title may still have to say that it is paid. */
export function restPause(random: number): number {
  return REST_MS * (0.8 + 0.4 * random);
}

/** Before a dropped stream is reopened; `wish` is the server's `retry:`. */
export function reopenPause(shortLives: number, wish: number | null, random: number): number {
  return Math.min(DROP_CAP_MS, wish ?? random * 1_000 * 2 ** shortLives);
}

/** Before a stream that does not work here is tried again, while polling does the job. */
export function streamPause(failures: number, random: number): number {
  return Math.min(STREAM_CAP_MS, 7_500 * 2 ** failures) * (0.5 + 0.5 * random);
}

export function gracePause(elapsed: number, random: number): number {
  return Math.min(60_000, 10_000 + elapsed / 5) * (0.8 + 0.4 * random);
}

/** `Retry-After` in its seconds form, the only one a rate limiter needs; 0 when absent or unreadable. */
export function retryAfter(headers: Headers): number {
  const seconds = Number(headers.get('retry-after'));
  return seconds > 0 ? Math.min(RETRY_AFTER_CAP_MS, seconds * 1_000) : 0;
}
