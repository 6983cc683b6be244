/** What a session tells whoever has opened it. */
import type { Snapshot } from '../../protocol/snapshot.ts';
import type { ProblemAnswer } from './checkout-api.ts';

export type Connection = 'connecting' | 'live' | 'polling' | 'offline';

/** Server time and what is known of when it was read, on the monotonic clock. */
export interface Receipt {
  /** `null` when it came by stream: it may have lain in a buffer for long. */
  readonly askedAt: number | null;
  readonly receivedAt: number;
}

export interface SessionSink {
  snapshot(snapshot: Snapshot, receipt: Receipt): void;
  connection(connection: Connection): void;
  /** The token opens nothing: nothing more will come. */
  refused(httpStatus: number): void;
}

/** What a payer did was not done, as far as anyone knows: after `trouble` the next snapshot tells. */
export type Setback = { readonly kind: 'trouble'; readonly pauseMs: number } | ProblemAnswer;

/** What became of something that the payer did. */
export type Acted = { readonly kind: 'done'; readonly snapshot: Snapshot } | Setback;
