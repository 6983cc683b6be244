import { spawnSync } from 'node:child_process';

/**
 * Ends a process, all that descend from it, and their groups: a browser has a group of its own, and a group outlives the
 * process that it was made for.
 */
export function endTree(pid: number): void {
  for (const id of [pid, ...descendantsOf(pid)]) end(id);
}

/** The same, the process itself excepted. */
export function endDescendants(pid: number): void {
  for (const id of descendantsOf(pid)) end(id);
}

/** Ends all that is left of the group that a process was made the leader of. */
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
    // It has ended, or was never the leader of a group.
  }
}
