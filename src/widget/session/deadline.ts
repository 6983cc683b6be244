import type { Environment } from './environment.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts after `ms`. Replaces the earlier deadline. */
  within(ms: number): void;
  /** Aborts now, and releases the timer and the parent signal. */
  end(): void;
}

/** Returns an abort signal with a movable deadline. (`AbortSignal.any` is missing in browsers that payers still use.) */
export function withDeadline(parent: AbortSignal, environment: Environment): Deadline {
  const controller = new AbortController();
  let cancel = (): void => undefined;
  const end = (): void => {
    cancel();
    parent.removeEventListener('abort', end);
    controller.abort();
  };
  if (parent.aborted) controller.abort();
  else parent.addEventListener('abort', end);
  return {
    signal: controller.signal,
    within(ms) {
      cancel();
      cancel = environment.after(ms, end);
    },
    end,
  };
}
