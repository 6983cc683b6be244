export type Sums = readonly [number, number];

/**
 * Returns SQLite's WAL checksum of `bytes` (a multiple of 8), continued from `sums`:
 * https://www.sqlite.org/fileformat2.html#checksum_algorithm
 */
export function carryOn([first, second]: Sums, bytes: Buffer, littleEndian: boolean): Sums {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let a = first;
  let b = second;
  for (let at = 0; at < view.byteLength; at += 8) {
    a = (a + view.getUint32(at, littleEndian) + b) >>> 0;
    b = (b + view.getUint32(at + 4, littleEndian) + a) >>> 0;
  }
  return [a, b];
}
