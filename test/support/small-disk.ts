import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of a few megabytes, which a test can fill to its last byte. Needs the right to mount. */
export class SmallDisk {
  readonly directory: string;
  readonly #ballast: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.#ballast = join(directory, 'ballast');
  }

  /** Returns `null` if this machine does not allow mounting. */
  static mount(megabytes: number): SmallDisk | null {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-disk-'));
    if (run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'sbp-test', directory))
      return new SmallDisk(directory);
    rmdirSync(directory);
    return null;
  }

  /** Fills the disk to its last byte. */
  fill(): void {
    const file = openSync(this.#ballast, 'a');
    try {
      for (const size of [1024 * 1024, 4096]) writeUntilFull(file, Buffer.alloc(size));
    } finally {
      closeSync(file);
    }
  }

  makeRoom(): void {
    rmSync(this.#ballast, { force: true });
  }

  /** Works only while no process has a file of the disk open. */
  makeReadOnly(): void {
    if (!run('mount', '-o', 'remount,ro', this.directory)) throw new Error('it could not be made read-only');
  }

  unmount(): void {
    run('umount', '--lazy', this.directory);
    rmdirSync(this.directory);
  }
}

function writeUntilFull(file: number, bytes: Buffer): void {
  try {
    for (;;) writeSync(file, bytes);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
  }
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
