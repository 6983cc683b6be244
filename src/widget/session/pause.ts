import { withDeadline } from './deadline.ts';
import type { Environment } from './environment.ts';

/** Resolves after `ms`, or as soon as `parent` is aborted. */
export function pause(environment: Environment, parent: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = withDeadline(parent, environment);
    if (parent.aborted) {
      resolve();
      return;
    }
    deadline.signal.addEventListener('abort', () => resolve());
    deadline.within(ms);
  });
}
