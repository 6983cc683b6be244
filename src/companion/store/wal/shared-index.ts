import { readFileSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { carryOn } from './checksum.ts';

/** Offsets and sizes: https://www.sqlite.org/walformat.html#the_wal_index_file_format */
const HEADER_BYTES = 48;
const AT = { version: 0, isInit: 12, frames: 16, salts: 32, sums: 40, copied: 2 * HEADER_BYTES } as const;
const VERSION = 3_007_000;

/** The header of the `-shm` file. SQLite writes it after a commit is on disk, and it survives the death of the process. */
export interface LogIndex {
  /** Number of frames up to the last commit. */
  readonly frames: number;
  /** Number of frames that have been copied into the database. */
  readonly copied: number;
  /** Identifies the log since its last reset, which increments it. */
  readonly salt: number;
}

/** Returns `null` when there is no valid index: after a clean shutdown, a restore or a power loss. */
export function readLogIndex(file: string): LogIndex | null {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < AT.copied + 4) return null;
  const bytes = readFileSync(file);
  // The byte order is this machine's, except for the salts, which are copied from the log.
  const littleEndian = endianness() === 'LE';
  const number = (at: number) => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const [a, b] = carryOn([0, 0], bytes.subarray(0, AT.sums), littleEndian);
  const isValid =
    bytes.subarray(0, HEADER_BYTES).equals(bytes.subarray(HEADER_BYTES, 2 * HEADER_BYTES)) &&
    number(AT.version) === VERSION &&
    bytes[AT.isInit] === 1 &&
    number(AT.sums) === a &&
    number(AT.sums + 4) === b;
  if (!isValid) return null;
  return { frames: number(AT.frames), copied: number(AT.copied), salt: bytes.readUInt32BE(AT.salts) };
}
