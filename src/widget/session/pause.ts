import type { Surroundings } from './environment.ts';

/** Resolves after `ms`, or as soon as it is called off. */
export function pause(world: Surroundings, signal: AbortSignal, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      cancel();
      signal.removeEventListener('abort', done);
      resolve();
    };
    const cancel = world.after(ms, done);
    if (signal.aborted) done();
    else signal.addEventListener('abort', done);
  });
}
