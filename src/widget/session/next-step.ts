import { GRACE_MS, gracePause, pollPause, restPause, troubledPause } from './timing.ts';
import type { Answer, Connection, Trouble } from './types.ts';

/** Everything that the next step of the session's loop depends on. */
export interface LoopState {
  /** True when the session was stopped, or when the payment cannot change any more in a way that the payer waits for. */
  readonly isOver: boolean;
  /** The outcome of the request, if that was the last step; `null` after any other step. */
  readonly answer: Answer | null;
  /** True when the last snapshot is current, so that a stream may be opened without a request first. */
  readonly isCurrent: boolean;
  /**
   * How long the loop has polled for a late payment, ms: since the first response after the companion ended the stream with a
   * result. `null` while the loop reads streams.
   */
  readonly graceMs: number | null;
  /** True while nobody has looked at the page for long. */
  readonly isResting: boolean;
  /** The number of failed requests in a row. */
  readonly failures: number;
  /** True while no stream may be opened, since the last ones failed. */
  readonly isBarred: boolean;
  /** The time until a request may be sent, ms; zero or negative when one may be sent now. */
  readonly barredMs: number;
  /** 0 ≤ x < 1. */
  readonly random: number;
}

export interface Wait {
  readonly ms: number;
  /** Reported before the wait; `null` leaves the connection as it is. */
  readonly connection: Connection | null;
}

export type Step = 'stop' | 'ask' | 'listen' | Wait;

/** Returns what the session's loop does next. */
export function nextStep(state: LoopState): Step {
  const { answer, graceMs, isResting, failures, isBarred, barredMs, random } = state;
  if (state.isOver) return 'stop';
  if (answer?.kind === 'trouble') return waitAfterTrouble(answer, failures, random);
  if (answer && graceMs !== null) {
    return isResting && graceMs > GRACE_MS ? 'stop' : wait(gracePause(graceMs, random), 'polling');
  }
  if (answer && (isResting || isBarred)) {
    return wait(isResting ? restPause(random) : pollPause(random), 'polling');
  }
  const mayListen = state.isCurrent && graceMs === null && !isResting && failures === 0 && !isBarred;
  if (mayListen) return 'listen';
  return barredMs > 0 ? wait(barredMs) : 'ask';
}

/** Returns the wait after a failed request. From the second failure in a row the connection is `offline`. */
export function waitAfterTrouble({ pauseMs }: Trouble, failures: number, random: number): Wait {
  return wait(Math.max(pauseMs, troubledPause(failures, random)), failures > 1 ? 'offline' : null);
}

function wait(ms: number, connection: Connection | null = null): Wait {
  return { ms, connection };
}
