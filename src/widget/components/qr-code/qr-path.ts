import qrcode from 'qrcode-generator';

// The library's default keeps only the low byte of each character and so corrupts anything but Latin-1.
qrcode.stringToBytes = (text) => [...new TextEncoder().encode(text)];

/** Modules of empty margin that a reader needs on each side. */
export const QUIET_ZONE = 4;

/**
 * NSPK's bare link: slash, capitals and digits pack tighter than bytes. The slash counts: with it among the
 * bytes the link is one bit too long for a code of 29 modules.
 */
const BARE_NSPK_LINK = /^(https:\/\/(?:qr|sub)\.nspk\.ru)(\/[0-9A-Z]{32})$/;

export interface QrDrawing {
  /** Modules a side, quiet zone included. */
  readonly side: number;
  /** SVG path data in whole modules. */
  readonly path: string;
}

/** Encodes `payload` byte for byte, level M. Dark modules of a row that touch are drawn as one bar. */
export function drawQr(payload: string): QrDrawing {
  const qr = qrcode(0, 'M');
  const bare = BARE_NSPK_LINK.exec(payload);
  if (bare) {
    qr.addData(bare[1]!, 'Byte');
    qr.addData(bare[2]!, 'Alphanumeric');
  } else {
    qr.addData(payload, 'Byte');
  }
  qr.make();
  const modules = qr.getModuleCount();
  let path = '';
  for (let row = 0; row < modules; row++) {
    for (let column = 0; column < modules; column++) {
      const start = column;
      while (column < modules && qr.isDark(row, column)) column++;
      const width = column - start;
      if (width > 0) path += `M${start + QUIET_ZONE} ${row + QUIET_ZONE}h${width}v1h-${width}z`;
    }
  }
  return { side: modules + 2 * QUIET_ZONE, path };
}
