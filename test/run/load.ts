import { fork, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

const BUSY = join(import.meta.dirname, 'busy-process.ts');
/** More busy processes would not find more faults. */
const MOST = 32;

/** Returns the number of busy processes that `TEST_LOAD` asks for; 0 without it. */
export function loadOf(env: Readonly<Record<string, string | undefined>>): number {
  const processes = Number(env['TEST_LOAD'] ?? 0);
  if (Number.isInteger(processes) && processes >= 0 && processes <= MOST) return processes;
  throw new Error(`TEST_LOAD is a number of busy processes, from 0 to ${MOST}`);
}

const busy = new Set<ChildProcess>();

/** Starts busy processes. They run until the returned function is called, or until this process ends for any reason. */
export function burn(processes: number): () => void {
  for (let left = processes; left > 0; left--) {
    // Omits the options of this process, because some of them do not allow a script file.
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
