import { readFileSync } from 'node:fs';

/** The kernel's list of the mounts that this process sees: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
const MOUNTS = '/proc/self/mountinfo';
/** Index of the mount's path among the fields, which are separated by spaces. */
const PATH_FIELD = 4;

/**
 * Returns true if something is mounted at exactly this path. `path` must be absolute and free of symbolic links. Returns
 * false on systems without this list: only Linux mounts single files.
 */
export function isMountPoint(path: string): boolean {
  let mounts: string;
  try {
    mounts = readFileSync(MOUNTS, 'utf8');
  } catch {
    return false;
  }
  return mounts.split('\n').some((line) => unescapePath(line.split(' ')[PATH_FIELD] ?? '') === path);
}

/** The kernel writes space, tab, newline and backslash as `\` and three octal digits, and other bytes unchanged. */
function unescapePath(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
