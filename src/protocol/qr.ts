import qrcode from 'qrcode-generator';

/** Modules of empty margin that a reader needs on each side (ISO/IEC 18004). */
export const QUIET_ZONE = 4;

/**
 * NSPK's bare link. The path packs tighter as an alphanumeric segment than as bytes. The slash belongs to that segment:
 * with the slash among the bytes, the link is one bit too long for a code of 29 modules.
 */
const BARE_NSPK_LINK = /^(https:\/\/(?:qr|sub)\.nspk\.ru)(\/[0-9A-Z]{32})$/;

/** The modules of a code, without the quiet zone. */
export type QrMatrix = Pick<ReturnType<typeof qrcode>, 'getModuleCount' | 'isDark'>;

export interface QrDrawing {
  /** Modules a side, with the quiet zone. */
  readonly side: number;
  /** SVG path data in whole modules. */
  readonly path: string;
}

/**
 * Encodes `text` as UTF-8 at error correction level M. The payment page, the merchant's images and
 * the demo shop use this one encoder, so their codes are equal. Throws when the text is longer than a QR code can hold;
 * `fitsQr` checks that at less cost.
 */
export function encodeQr(text: string): QrMatrix {
  // The library's default keeps only the low byte of each character, which corrupts everything but Latin-1.
  qrcode.stringToBytes = (segment) => [...new TextEncoder().encode(segment)];
  const qr = qrcode(0, 'M');
  const [, origin, path] = BARE_NSPK_LINK.exec(text) ?? [];
  qr.addData(origin ?? text, 'Byte');
  if (path) qr.addData(path, 'Alphanumeric');
  qr.make();
  return qr;
}

/** Encodes `text` and draws each run of dark modules in a row as one bar. Throws when `encodeQr` does. */
export function drawQr(text: string): QrDrawing {
  const matrix = encodeQr(text);
  const modules = matrix.getModuleCount();
  let path = '';
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      const start = column;
      while (column < modules && matrix.isDark(row, column)) column++;
      const width = column - start;
      if (width > 0) path += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${width}v1h-${width}z`;
    }
  }
  return { side: modules + 2 * QUIET_ZONE, path };
}
