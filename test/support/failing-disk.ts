import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

/**
 * A real file system that turns read-only while its files are open, as Linux does with a failing disk. Needs the rights
 * to mount, and a loop device.
 */
export class FailingDisk {
  readonly directory: string;
  readonly #home: string;
  readonly #image: string;

  private constructor(home: string) {
    this.#home = home;
    this.#image = join(home, 'image');
    this.directory = join(home, 'disk');
  }

  /** Returns `null` if this machine does not allow it. */
  static mount(megabytes: number): FailingDisk | null {
    const disk = new FailingDisk(mkdtempSync(join(tmpdir(), 'sbp-failing-')));
    mkdirSync(disk.directory);
    writeFileSync(disk.#image, '');
    truncateSync(disk.#image, megabytes * 1024 * 1024);
    if (run('mkfs.ext4', '-q', '-F', disk.#image) && disk.#mount()) return disk;
    rmSync(disk.#home, { recursive: true });
    return null;
  }

  /** Makes every write fail from now on. */
  fail(): void {
    const device = spawnSync('findmnt', ['-no', 'SOURCE', this.directory], {
      encoding: 'utf8',
    }).stdout.trim();
    writeFileSync(`/sys/fs/ext4/${basename(device)}/trigger_fs_error`, 'as a test');
  }

  /** Repairs the disk as an operator would. No process may have its files open. */
  repair(): void {
    run('umount', this.directory);
    run('e2fsck', '-fy', this.#image);
    if (!this.#mount()) throw new Error('it could not be mounted again');
  }

  unmount(): void {
    run('umount', '--lazy', this.directory);
    rmSync(this.#home, { recursive: true });
  }

  #mount(): boolean {
    return run('mount', '-o', 'loop,errors=remount-ro', this.#image, this.directory);
  }
}

function run(command: string, ...args: string[]): boolean {
  return spawnSync(command, args, { stdio: 'ignore' }).status === 0;
}
