import { GRACE_MS, gracePause, pollPause, restPause, troubledPause } from './timing.ts';
import type { Answer, Connection, Trouble } from './types.ts';

/** Everything that decides on the next step of the session's loop. */
export interface LoopState {
  /** True when the session was stopped, or when nothing that the payer waits for can follow. */
  readonly isOver: boolean;
  /** The answer to a question that was the last step; `null` after any other step. */
  readonly answer: Answer | null;
  /** True when the last snapshot is current, so that a stream may be opened without a question first. */
  readonly isCurrent: boolean;
  /**
   * How long the loop has polled for a late payment, ms, since the first answer after the companion ended the stream with a
   * result. `null` while a stream is to be read.
   */
  readonly graceMs: number | null;
  /** True while nobody has looked at the page for long. */
  readonly isResting: boolean;
  /** How many questions in a row have failed. */
  readonly failures: number;
  /** True while no stream may be opened, since the last ones did not work. */
  readonly isBarred: boolean;
  /** How long the companion is to be left alone, ms; zero or negative when it may be asked now. */
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

/** Returns the wait after a failed question. The first failure may be chance; the second one makes the page offline. */
export function waitAfterTrouble({ pauseMs }: Trouble, failures: number, random: number): Wait {
  return wait(Math.max(pauseMs, troubledPause(failures, random)), failures > 1 ? 'offline' : null);
}

function wait(ms: number, connection: Connection | null = null): Wait {
  return { ms, connection };
}
