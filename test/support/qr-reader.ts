import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule, readBarcodes, type ReadResult } from 'zxing-wasm/reader';
import { pngPixels, type Pixels } from './png-pixels.ts';

// ZXing shares no code with the encoder. Its wasm file comes from the package, because tests use no network.
prepareZXingModule({
  overrides: { wasmBinary: toArrayBuffer(readFileSync(wasmPath())) },
});

export interface SeenCode {
  readonly text: string;
  /** Modules a side, without the quiet zone. */
  readonly modules: number;
  /** WCAG's ratio between the light and the dark modules: 21 is black on white. */
  readonly contrast: number;
  /** WCAG's ratio between the dark modules and the area around the code, two modules wide. */
  readonly quietZone: number;
  /** The share of pixels in the code that match neither the light nor the dark modules. */
  readonly blur: number;
}

/**
 * Returns the texts of all QR codes in a PNG. Ignores codes that are light on dark, because many bank apps cannot read
 * them.
 */
export async function readQrCodes(png: Uint8Array): Promise<string[]> {
  return (await findCodes(png)).map(textOf);
}

/** Returns all QR codes in a PNG, with the contrast that a camera would see. */
export async function measureQrCodes(png: Buffer): Promise<SeenCode[]> {
  const codes = await findCodes(png);
  if (codes.length === 0) return [];
  const pixels = pngPixels(png);
  return codes.map((code) => measure(code, pixels));
}

/**
 * Returns WCAG's ratio between the lightest and the darkest pixel of a PNG. For text on a plain background this is its
 * contrast.
 */
export function contrastOf(png: Buffer): number {
  const pixels = pngPixels(png);
  const all = Array.from({ length: pixels.width * pixels.height }, (_, index) =>
    luminance(pixels.at(index % pixels.width, Math.floor(index / pixels.width))),
  ).toSorted((a, b) => a - b);
  return ratio(all[all.length - 1]!, all[0]!);
}

async function findCodes(png: Uint8Array): Promise<ReadResult[]> {
  const results = await readBarcodes(png, { formats: ['QRCode'], tryHarder: true, tryInvert: false });
  return results.filter(({ isValid }) => isValid);
}

function textOf({ bytes }: ReadResult): string {
  return new TextDecoder().decode(bytes);
}

function measure(code: ReadResult, pixels: Pixels): SeenCode {
  const { topLeft, bottomRight } = code.position;
  const modules = 17 + 4 * Number((JSON.parse(code.extra) as { Version: string }).Version);
  const module = (bottomRight.x - topLeft.x) / modules;
  const inside: number[] = [];
  const around: number[] = [];
  for (let row = -2; row < modules + 2; row++) {
    for (let column = -2; column < modules + 2; column++) {
      const x = Math.round(topLeft.x + (column + 0.5) * module);
      const y = Math.round(topLeft.y + (row + 0.5) * module);
      const within = row >= 0 && row < modules && column >= 0 && column < modules;
      (within ? inside : around).push(luminance(pixels.at(x, y)));
    }
  }
  const [light, dark] = [quantile(inside, 0.9), quantile(inside, 0.1)];
  let between = 0;
  let all = 0;
  for (let y = Math.round(topLeft.y) + 2; y < bottomRight.y - 2; y++) {
    for (let x = Math.round(topLeft.x) + 2; x < bottomRight.x - 2; x++) {
      const seen = luminance(pixels.at(x, y));
      all++;
      if (Math.min(Math.abs(seen - light), Math.abs(seen - dark)) > 0.02) between++;
    }
  }
  // Uses the darkest tenth of the quiet zone: a dark stripe on one side is enough to hide a code from a reader.
  return {
    text: textOf(code),
    modules,
    contrast: ratio(light, dark),
    quietZone: ratio(quantile(around, 0.1), dark),
    blur: between / all,
  };
}

function quantile(values: readonly number[], share: number): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length * share)]!;
}

function ratio(light: number, dark: number): number {
  return Math.round(((light + 0.05) / (dark + 0.05)) * 10) / 10;
}

function luminance(color: readonly [number, number, number]): number {
  const [r, g, b] = color.map((channel) => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as [number, number, number];
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function wasmPath(): string {
  return fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
}

function toArrayBuffer(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
