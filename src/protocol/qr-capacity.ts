/** Bytes that the largest QR code holds at error correction level M: version 40 in byte mode, ISO/IEC 18004, table 7. */
export const MAX_QR_BYTES = 2_331;

/** Returns true if a QR code can hold the link. Characters beyond ASCII take several bytes each. */
export function fitsQr(payload: string): boolean {
  return new TextEncoder().encode(payload).length <= MAX_QR_BYTES;
}
