/** The types of a session's requests, responses and callbacks. */
import type { Snapshot } from '../../protocol/snapshot.ts';

export type Connection = 'connecting' | 'live' | 'polling' | 'offline';

/**
 * Why a payment cannot be opened; `http-…` is the status of the companion's response. Only `no-companion` may be temporary.
 */
export type Refusal = 'no-token' | 'bad-endpoint' | 'no-companion' | 'origin-not-allowed' | `http-${number}`;

/** The outcome of one request to the checkout API. `trouble` is every failure that may be temporary. */
export type Answer =
  | { readonly kind: 'ok'; readonly value: unknown; readonly askedAt: number; readonly answeredAt: number }
  | { readonly kind: 'refused'; readonly refusal: Refusal }
  | Trouble;

export interface Trouble {
  readonly kind: 'trouble';
  readonly pauseMs: number;
  /**
   * This arrived instead of the companion's response, for the developer; `null` when the companion itself reported the
   * trouble.
   */
  readonly received: string | null;
}

/** The companion refused the payer's action: a field is wrong, or the action comes too late or too soon. */
export interface ProblemAnswer {
  readonly kind: 'problem';
  readonly httpStatus: number;
  /** From `Retry-After`, ms; 0 without one. */
  readonly pauseMs: number;
}

/** The actions of a payer that the companion carries out. */
export type ActionPath = '/method' | '/push' | '/buyer-qr' | '/renew' | '/cancel' | '/check';
export type ActionBody = Readonly<Record<string, string>>;

/** When a snapshot was requested and received, monotonic ms. */
export interface SnapshotTimes {
  /** `null` for a snapshot from the stream, which may have been in a buffer for long. */
  readonly askedAt: number | null;
  readonly receivedAt: number;
}

export interface SessionCallbacks {
  snapshot(snapshot: Snapshot, times: SnapshotTimes): void;
  /** Called when the connection changes. `network` is false while the browser reports that it is offline. */
  connection(connection: Connection, network: boolean): void;
  /** Called when the companion refuses to open the payment. No callback follows. */
  refused(refusal: Refusal): void;
  /** Called when no companion has responded since the start. `came` says what the last request got instead. Requests go on. */
  companionNotFound(came: string): void;
}

/** A failed action. After `trouble` the action may still have been done: the next snapshot shows it. */
export type ActionError = { readonly kind: 'trouble'; readonly pauseMs: number } | ProblemAnswer;

/** The result of a payer's action. */
export type ActionResult = { readonly kind: 'done'; readonly snapshot: Snapshot } | ActionError;
