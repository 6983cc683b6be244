/** What a session tells whoever has opened it. */
import type { Snapshot } from '../../protocol/snapshot.ts';

export type Connection = 'connecting' | 'live' | 'polling' | 'offline';

/** Why a payment cannot be opened; `http-…` is the companion's answer. Of these only `no-companion` may pass. */
export type Refusal = 'no-token' | 'bad-endpoint' | 'no-companion' | 'origin-not-allowed' | `http-${number}`;

/** One answer of the checkout API. `trouble` is everything that a later try may cure. */
export type Answer =
  | { readonly kind: 'ok'; readonly value: unknown; readonly askedAt: number; readonly answeredAt: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Trouble;

export interface Trouble {
  readonly kind: 'trouble';
  readonly pauseMs: number;
  /** For the developer: what came in place of the companion's answer. `null` where it was the companion's own word. */
  readonly received: string | null;
}

/** What a payer did was understood and not done: a field is wrong, it is too late for it, or too soon. */
export interface ProblemAnswer {
  readonly kind: 'problem';
  readonly httpStatus: number;
  /** How long to leave it alone. */
  readonly pauseMs: number;
}

/** What a payer's page can ask its companion to do. */
export type ActionPath = '/method' | '/push' | '/buyer-qr' | '/renew' | '/cancel' | '/check';
export type ActionBody = Readonly<Record<string, string>>;

/** Server time and what is known of when it was read, on the monotonic clock. */
export interface SnapshotTimes {
  /** `null` when it came by stream: it may have lain in a buffer for long. */
  readonly askedAt: number | null;
  readonly receivedAt: number;
}

export interface SessionCallbacks {
  snapshot(snapshot: Snapshot, times: SnapshotTimes): void;
  /** `network`: false while the browser says that it has none. */
  connection(connection: Connection, network: boolean): void;
  /** The companion will not open the payment: nothing more will come. */
  refused(refusal: Refusal): void;
  /** No companion has been heard since the start; `came` is what came last in its place. The session goes on asking. */
  companionNotFound(came: string): void;
}

/** What a payer did was not done, as far as anyone knows: after `trouble` the next snapshot tells. */
export type ActionError = { readonly kind: 'trouble'; readonly pauseMs: number } | ProblemAnswer;

/** What became of something that the payer did. */
export type ActionResult = { readonly kind: 'done'; readonly snapshot: Snapshot } | ActionError;
