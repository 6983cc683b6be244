import { readFileSync, statSync } from 'node:fs';
import { endianness } from 'node:os';
import { carryOn } from './checksum.ts';

/** Where things stand: https://www.sqlite.org/walformat.html#the_wal_index_file_format */
const HEADER_BYTES = 48;
const AT = { version: 0, isInit: 12, frames: 16, salts: 32, sums: 40, copied: 2 * HEADER_BYTES } as const;
const VERSION = 3_007_000;

/** What the `-shm` file knows of the log: it is written once a commit is on disk, and stays when its process dies. */
export interface LogIndex {
  /** Frames of the log up to its last commit. */
  readonly frames: number;
  /** How many of them have been copied into the database. */
  readonly copied: number;
  /** Names this life of the log; grows by one with each. */
  readonly life: number;
}

/** `null` when there is none, or none that can be believed: after a clean end, a restore, a loss of power. */
export function readLogIndex(file: string): LogIndex | null {
  if ((statSync(file, { throwIfNoEntry: false })?.size ?? 0) < AT.copied + 4) return null;
  const bytes = readFileSync(file);
  // In this machine's order, except for the salts, which are copied from the log.
  const littleEndian = endianness() === 'LE';
  const number = (at: number) => (littleEndian ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const [a, b] = carryOn([0, 0], bytes.subarray(0, AT.sums), littleEndian);
  const believable =
    bytes.subarray(0, HEADER_BYTES).equals(bytes.subarray(HEADER_BYTES, 2 * HEADER_BYTES)) &&
    number(AT.version) === VERSION &&
    bytes[AT.isInit] === 1 &&
    number(AT.sums) === a &&
    number(AT.sums + 4) === b;
  if (!believable) return null;
  return { frames: number(AT.frames), copied: number(AT.copied), life: bytes.readUInt32BE(AT.salts) };
}
