import { readFileSync } from 'node:fs';

/** The kernel's list of the mounts that this process sees: https://man7.org/linux/man-pages/man5/proc_pid_mountinfo.5.html */
const MOUNTS = '/proc/self/mountinfo';
/** The path of the mount is the fifth of the fields, which spaces separate. */
const PATH_FIELD = 4;

/**
 * Returns whether something is mounted at exactly this path. `path` is absolute and without symbolic links. False where
 * the system has no such list: only Linux mounts single files.
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

/** The kernel writes space, tab, newline and backslash as `\` and three octal digits, and each byte of a name as it is. */
function unescapePath(field: string): string {
  return field.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)));
}
