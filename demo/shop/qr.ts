import qrcode from 'qrcode-generator';

export interface QrPath {
  /** Modules along a side, quiet zone included. */
  readonly size: number;
  readonly path: string;
}

const QUIET_ZONE = 4;

/** A QR code of plain ASCII as one SVG path, a unit per module. */
export function qrPath(text: string): QrPath {
  const qr = qrcode(0, 'M');
  qr.addData(text);
  qr.make();
  const count = qr.getModuleCount();
  let path = '';
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (qr.isDark(row, column)) path += `M${column + QUIET_ZONE} ${row + QUIET_ZONE}h1v1h-1z`;
    }
  }
  return { size: count + 2 * QUIET_ZONE, path };
}
