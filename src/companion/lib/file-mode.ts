import { chmodSync, closeSync, fchmodSync, mkdirSync, openSync, statSync } from 'node:fs';

/** The readers of the stored files: only the companion's user, or also its group. */
export const FILE_MODES = ['private', 'group'] as const;
export type FileMode = (typeof FILE_MODES)[number];

const BITS = {
  private: { file: 0o600, folder: 0o700, others: 0o077 },
  group: { file: 0o660, folder: 0o770, others: 0o007 },
} as const satisfies Record<FileMode, object>;

/** Creates an empty file with its mode from the start, whatever the umask. Leaves an existing file alone. */
export function prepareFile(file: string, mode: FileMode): void {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'wx', 0o600);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return;
    throw error;
  }
  fchmodSync(descriptor, BITS[mode].file);
  closeSync(descriptor);
}

/** Creates a folder, and its missing parents, with their mode. */
export function prepareFolder(folder: string, mode: FileMode): void {
  const first = mkdirSync(folder, { recursive: true, mode: BITS[mode].folder });
  // The umask may have taken the group's rights.
  if (first !== undefined) chmodSync(folder, BITS[mode].folder);
}

/** Returns the files that others may read or write. Always empty on Windows, which has no such mode bits. */
export function readableByOthers(files: readonly string[], mode: FileMode): string[] {
  if (process.platform === 'win32') return [];
  return files.filter((file) => {
    const found = statSync(file, { throwIfNoEntry: false });
    return found !== undefined && (found.mode & BITS[mode].others) !== 0;
  });
}
