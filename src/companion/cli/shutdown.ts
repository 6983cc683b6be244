import { setTimeout as sleep } from 'node:timers/promises';

const PARENT_CHECK_MS = 500;

/**
 * Resolves with the reason why the process must end: a signal, or under npm the end of the parent process. npm starts a shell in
 * between, which ends on SIGTERM without passing the signal on.
 */
export async function shutdownRequested(env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const settled = new AbortController();
  const signal = new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  const reasons = env['npm_lifecycle_event'] === undefined ? [signal] : [signal, orphaned(settled.signal)];
  try {
    return await Promise.race(reasons);
  } finally {
    settled.abort();
  }
}

async function orphaned(signal: AbortSignal): Promise<string> {
  const parent = process.ppid;
  while (process.ppid === parent && !signal.aborted) {
    await sleep(PARENT_CHECK_MS, undefined, { ref: false, signal }).catch(() => undefined);
  }
  return 'the end of npm';
}
