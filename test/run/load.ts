import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const BUSY = join(import.meta.dirname, 'busy-process.ts');
/** More would show nothing that these do not. */
const MOST = 32;

/** How many busy processes `TEST_LOAD` wants beside the tests; none unless it is set. */
export function loadOf(env: Readonly<Record<string, string | undefined>>): number {
  const processes = Number(env['TEST_LOAD'] ?? 0);
  if (Number.isInteger(processes) && processes >= 0 && processes <= MOST) return processes;
  throw new Error(`TEST_LOAD is a number of busy processes, from 0 to ${MOST}`);
}

const busy = new Set<ChildProcess>();

/** Keeps that many processes busy until the answer is called, or until this process has ended, however that ends. */
export function burn(processes: number): () => void {
  for (let left = processes; left > 0; left--) {
    // Without this process's own options, some of which take no file.
    const child = fork(BUSY, { stdio: 'ignore', execArgv: [] });
    child.unref();
    child.channel?.unref();
    busy.add(child);
  }
  return () => {
    for (const child of busy) child.kill('SIGKILL');
    busy.clear();
  };
}
