import type { Environment } from './environment.ts';

export interface Deadline {
  readonly signal: AbortSignal;
  /** Aborts `ms` from now, instead of when it was to be before. */
  within(ms: number): void;
  /** Aborts now and lets go of the timer and of the parent signal. */
  end(): void;
}

/** An abort signal with a movable deadline. (`AbortSignal.any` is missing in browsers that payers still use.) */
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
