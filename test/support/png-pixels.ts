import { inflateSync } from 'node:zlib';

export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** Returns red, green and blue of this pixel, each from 0 to 255. */
  at(x: number, y: number): readonly [number, number, number];
}

const SIGNATURE_BYTES = 8;
const CHANNELS: Readonly<Record<number, number>> = { 2: 3, 6: 4 };

/** Decodes a browser's screenshot: a PNG with 8 bits a channel, RGB or RGBA, not interlaced. */
export function pngPixels(png: Buffer): Pixels {
  const { header, data } = readChunks(png);
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const [depth, colorType, interlace] = [header[8], header[9]!, header[12]];
  const channels = CHANNELS[colorType];
  if (depth !== 8 || interlace !== 0 || channels === undefined) throw new Error('not a screenshot’s PNG');
  const stride = width * channels;
  const bytes = unfilter(inflateSync(data), stride, height, channels);
  return {
    width,
    height,
    at(x, y) {
      const start = y * stride + x * channels;
      return [bytes[start]!, bytes[start + 1]!, bytes[start + 2]!];
    },
  };
}

function readChunks(png: Buffer): { header: Buffer; data: Buffer } {
  const parts: Buffer[] = [];
  let header: Buffer | null = null;
  for (let offset = SIGNATURE_BYTES; offset < png.length;) {
    const length = png.readUInt32BE(offset);
    const type = png.toString('latin1', offset + 4, offset + 8);
    const body = png.subarray(offset + 8, offset + 8 + length);
    if (type === 'IHDR') header = body;
    if (type === 'IDAT') parts.push(body);
    offset += length + 12;
  }
  if (!header) throw new Error('not a PNG');
  return { header, data: Buffer.concat(parts) };
}

/** Reverses the filter of each row (PNG, section 9). */
function unfilter(raw: Buffer, stride: number, height: number, channels: number): Buffer {
  const out = Buffer.alloc(stride * height);
  for (let row = 0; row < height; row++) {
    const filter = raw[row * (stride + 1)]!;
    for (let i = 0; i < stride; i++) {
      const left = i < channels ? 0 : out[row * stride + i - channels]!;
      const up = row === 0 ? 0 : out[(row - 1) * stride + i]!;
      const corner = row === 0 || i < channels ? 0 : out[(row - 1) * stride + i - channels]!;
      const predicted = [0, left, up, (left + up) >> 1, paeth(left, up, corner)][filter]!;
      out[row * stride + i] = raw[row * (stride + 1) + 1 + i]! + predicted;
    }
  }
  return out;
}

function paeth(left: number, up: number, corner: number): number {
  const estimate = left + up - corner;
  const [a, b, c] = [left, up, corner].map((value) => Math.abs(estimate - value)) as [number, number, number];
  return a <= b && a <= c ? left : b <= c ? up : corner;
}
