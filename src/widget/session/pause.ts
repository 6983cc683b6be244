import { withDeadline } from './deadline.ts';
import type { Surroundings } from './environment.ts';

/** Resolves after `ms`, or as soon as `parent` is aborted. */
export function pause(world: Surroundings, parent: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const deadline = withDeadline(parent, world);
    if (parent.aborted) {
      resolve();
      return;
    }
    deadline.signal.addEventListener('abort', () => resolve());
    deadline.within(ms);
  });
}
