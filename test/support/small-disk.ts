import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A real file system of few megabytes, which can be filled to its last byte. Mounting it takes rights that not everyone has. */
export class SmallDisk {
  readonly directory: string;
  readonly #ballast: string;

  private constructor(directory: string) {
    this.directory = directory;
    this.#ballast = join(directory, 'ballast');
  }

  /** `null` where nothing may be mounted. */
  static mount(megabytes: number): SmallDisk | null {
    const directory = mkdtempSync(join(tmpdir(), 'sbp-disk-'));
    if (run('mount', '-t', 'tmpfs', '-o', `size=${megabytes}m`, 'sbp-test', directory))
      return new SmallDisk(directory);
    rmdirSync(directory);
    return null;
  }

  /** Leaves no room for a single byte more. */
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

  /** While nobody has a file of it open. */
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
