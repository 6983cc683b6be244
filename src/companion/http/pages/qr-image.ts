import { crc32, deflateSync } from 'node:zlib';
import qrcode from 'qrcode-generator';
import { fitsQr } from '../../../protocol/qr-capacity.ts';

export const MIN_QR_PIXELS = 64;
export const MAX_QR_PIXELS = 2048;

/** Modules of white around the symbol, as ISO/IEC 18004 asks. */
const QUIET_ZONE = 4;

/**
 * The payload's QR as an SVG document: one path, black on white, at error correction level M. Merchants put it into
 * their pages as it is, so it inherits no colour, stroke or visibility of paint from them. `null` if the payload is longer
 * than a QR can hold.
 */
export function qrSvg(payload: string, size: number): string | null {
  if (!fitsQr(payload)) return null;
  const { modules, isDark } = encode(payload);
  let path = '';
  for (let y = 0; y < modules; y++) {
    for (let x = 0; x < modules; x++) {
      if (isDark(y, x)) path += `M${x},${y}h1v1h-1z`;
    }
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${size}" height="${size}" viewBox="0 0 ${modules} ${modules}" shape-rendering="crispEdges" stroke="none" fill="#000" fill-opacity="1">` +
    `<path fill="#fff" d="M0,0h${modules}v${modules}H0z"/><path d="${path}"/></svg>`
  );
}

/**
 * The payload's QR as SVG path data in whole modules, quiet zone included: dark modules of a row that touch are one bar.
 * `null` if the payload is longer than a QR can hold.
 */
export function qrBars(payload: string): { readonly modules: number; readonly path: string } | null {
  if (!fitsQr(payload)) return null;
  const { modules, isDark } = encode(payload);
  let path = '';
  for (let y = 0; y < modules; y++) {
    for (let x = 0; x < modules; x++) {
      const start = x;
      while (isDark(y, x)) x++;
      if (x > start) path += `M${start} ${y}h${x - start}v1h-${x - start}z`;
    }
  }
  return { modules, path };
}

/**
 * The payload's QR as a PNG of 1-bit grey. Modules are whole pixels, the symbol is centred on white; `size` grows
 * to one pixel a module when it is too small for that. `null` if the payload is longer than a QR can hold.
 */
export function qrPng(payload: string, size: number): Buffer | null {
  if (!fitsQr(payload)) return null;
  const { modules, isDark } = encode(payload);
  const scale = Math.max(1, Math.floor(size / modules));
  const pixels = Math.max(size, modules);
  const offset = Math.floor((pixels - modules * scale) / 2);
  const stride = Math.ceil(pixels / 8) + 1;
  const raw = Buffer.alloc(stride * pixels, 0xff);
  for (let y = 0; y < pixels; y++) {
    raw[y * stride] = 0; // PNG's filter byte: none
    const row = Math.floor((y - offset) / scale);
    for (let x = offset; x < offset + modules * scale; x++) {
      if (row < 0 || row >= modules || !isDark(row, Math.floor((x - offset) / scale))) continue;
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

function encode(payload: string): { modules: number; isDark: (y: number, x: number) => boolean } {
  // The library's own conversion keeps the low byte of each character only.
  qrcode.stringToBytes = (text) => [...new TextEncoder().encode(text)];
  const code = qrcode(0, 'M');
  code.addData(payload);
  code.make();
  const count = code.getModuleCount();
  return {
    modules: count + 2 * QUIET_ZONE,
    isDark(y, x) {
      const [row, column] = [y - QUIET_ZONE, x - QUIET_ZONE];
      return row >= 0 && column >= 0 && row < count && column < count && code.isDark(row, column);
    },
  };
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'ascii'), data]);
  const frame = Buffer.alloc(4);
  frame.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([frame, body, sum]);
}
