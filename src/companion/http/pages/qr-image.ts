import { crc32, deflateSync } from 'node:zlib';
import { fitsQr } from '../../../protocol/qr-capacity.ts';
import { drawQr, encodeQr, QUIET_ZONE } from '../../../protocol/qr.ts';

export const MIN_QR_PIXELS = 64;
export const MAX_QR_PIXELS = 2048;

/**
 * Returns the payload's QR code as an SVG document, black on white. Merchants put the SVG into their pages unchanged, so it
 * sets every paint property that it would inherit. Returns `null` when the payload is longer than a QR code can hold.
 */
export function qrSvg(payload: string, size: number): string | null {
  if (!fitsQr(payload)) return null;
  const { side, path } = drawQr(payload);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${side} ${side}" shape-rendering="crispEdges" stroke="none" fill="#000" fill-opacity="1">` +
    `<path fill="#fff" d="M0,0h${side}v${side}H0z"/><path d="${path}"/></svg>`
  );
}

/**
 * Returns the payload's QR code as a PNG of 1-bit grey. Modules are whole pixels, and the code is centred on white. A
 * `size` too small for that grows to one pixel a module. Returns `null` when the payload is longer than a QR code can hold.
 */
export function qrPng(payload: string, size: number): Buffer | null {
  if (!fitsQr(payload)) return null;
  const matrix = encodeQr(payload);
  const modules = matrix.getModuleCount();
  const side = modules + 2 * QUIET_ZONE;
  const scale = Math.max(1, Math.floor(size / side));
  const pixels = Math.max(size, side);
  const offset = Math.floor((pixels - side * scale) / 2) + QUIET_ZONE * scale;
  const stride = Math.ceil(pixels / 8) + 1;
  const raw = Buffer.alloc(stride * pixels, 0xff);
  for (let y = 0; y < pixels; y++) {
    raw[y * stride] = 0; // PNG's filter byte: none
    const row = Math.floor((y - offset) / scale);
    if (row < 0 || row >= modules) continue;
    for (let x = offset; x < offset + modules * scale; x++) {
      if (!matrix.isDark(row, Math.floor((x - offset) / scale))) continue;
      const at = y * stride + 1 + (x >> 3);
      raw[at] = raw[at]! & ~(0x80 >> (x & 7));
    }
  }
  const header = Buffer.alloc(13);
  header.writeUInt32BE(pixels, 0);
  header.writeUInt32BE(pixels, 4);
  header[8] = 1; // bits a pixel; colour type 0 (grey), no interlace
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(raw)),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}
