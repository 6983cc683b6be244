import { closeSync, openSync, readSync } from 'node:fs';
import { carryOn, type Sums } from './checksum.ts';

/** Offsets and sizes: https://www.sqlite.org/walformat.html */
const HEADER_BYTES = 32;
const FRAME_HEADER_BYTES = 24;
/** The last bit gives the byte order of the checksums. */
const MAGIC = 0x377f0682;

interface Log {
  /** Identifies the log since its last reset, which increments it. */
  readonly salt: number;
  /** True if the first `count` frames are present and intact. */
  holds(count: number): boolean;
}

/** Reads a `-wal` file as SQLite does after a crash. `read` gets `null` when SQLite would use nothing of the file. */
export function withLog<T>(file: string, read: (log: Log | null) => T): T {
  let descriptor: number;
  try {
    descriptor = openSync(file, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return read(null);
    throw error;
  }
  try {
    return read(parse(descriptor));
  } finally {
    closeSync(descriptor);
  }
}

function parse(descriptor: number): Log | null {
  const header = take(descriptor, 0, HEADER_BYTES);
  if (!header) return null;
  const magic = header.readUInt32BE(0);
  if ((magic & ~1) >>> 0 !== MAGIC) return null;
  const littleEndian = magic === MAGIC;
  const sums = carryOn([0, 0], header.subarray(0, 24), littleEndian);
  if (!same(sums, header, 24)) return null;
  const pageBytes = header.readUInt32BE(8);
  const salts = header.subarray(16, 24);

  return {
    salt: header.readUInt32BE(16),
    holds(count) {
      let upToHere = sums;
      for (let i = 0; i < count; i++) {
        const at = HEADER_BYTES + i * (FRAME_HEADER_BYTES + pageBytes);
        const frame = take(descriptor, at, FRAME_HEADER_BYTES + pageBytes);
        if (!frame?.subarray(8, 16).equals(salts)) return false;
        upToHere = carryOn(upToHere, frame.subarray(0, 8), littleEndian);
        upToHere = carryOn(upToHere, frame.subarray(FRAME_HEADER_BYTES), littleEndian);
        if (!same(upToHere, frame, 16)) return false;
      }
      return true;
    },
  };
}

function take(descriptor: number, at: number, length: number): Buffer | null {
  const bytes = Buffer.alloc(length);
  return readSync(descriptor, bytes, 0, length, at) === length ? bytes : null;
}

function same(sums: Sums, bytes: Buffer, at: number): boolean {
  return bytes.readUInt32BE(at) === sums[0] && bytes.readUInt32BE(at + 4) === sums[1];
}
