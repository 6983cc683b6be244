import { spawnSync } from 'node:child_process';

/**
 * Kills a process, all its descendants, and their process groups. A browser has its own group, and a group outlives its
 * first process.
 */
export function endTree(pid: number): void {
  for (const id of [pid, ...descendantsOf(pid)]) end(id);
}

/** Kills all descendants of a process, but not the process itself. */
export function endDescendants(pid: number): void {
  for (const id of descendantsOf(pid)) end(id);
}

/** Kills the rest of the process group that this process was the leader of. */
export function endGroup(pid: number): void {
  kill(-pid);
}

function descendantsOf(pid: number): number[] {
  const { stdout } = spawnSync('ps', ['-A', '-o', 'pid=,ppid='], { encoding: 'utf8' });
  const children = new Map<number, number[]>();
  for (const line of stdout.split('\n')) {
    const [child, parent] = line.trim().split(/\s+/).map(Number);
    if (child && parent) children.set(parent, [...(children.get(parent) ?? []), child]);
  }
  const below = (parent: number): number[] =>
    (children.get(parent) ?? []).flatMap((child) => [child, ...below(child)]);
  return below(pid);
}

function end(id: number): void {
  endGroup(id);
  kill(id);
}

function kill(id: number): void {
  try {
    process.kill(id, 'SIGKILL');
  } catch {
    // The process has ended, or was never the leader of a group.
  }
}
