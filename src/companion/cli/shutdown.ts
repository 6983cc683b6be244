import { setTimeout as sleep } from 'node:timers/promises';

const LOOK_MS = 500;

/**
 * Resolves with what asks the process to end. Under npm that is also the end of the shell which npm puts between: it takes
 * the SIGTERM itself and passes nothing on.
 */
export async function endOfService(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const heard = new AbortController();
  const signal = new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  const ends = env['npm_lifecycle_event'] === undefined ? [signal] : [signal, orphaned(heard.signal)];
  try {
    return await Promise.race(ends);
  } finally {
    heard.abort();
  }
}

async function orphaned(signal: AbortSignal): Promise<string> {
  const parent = process.ppid;
  while (process.ppid === parent && !signal.aborted) {
    await sleep(LOOK_MS, undefined, { ref: false, signal }).catch(() => undefined);
  }
  return 'the end of npm';
}
