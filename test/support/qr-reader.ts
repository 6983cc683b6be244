import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';

// ZXing shares no code with the encoder. Its wasm comes from the package: tests reach no network.
prepareZXingModule({
  overrides: { wasmBinary: toArrayBuffer(readFileSync(wasmPath())) },
});

/** The texts of all QR codes found in a PNG. */
export async function readQrCodes(png: Uint8Array): Promise<string[]> {
  const results = await readBarcodes(png, { formats: ['QRCode'], tryHarder: true });
  return results.filter(({ isValid }) => isValid).map(({ bytes }) => new TextDecoder().decode(bytes));
}

function wasmPath(): string {
  return fileURLToPath(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm'));
}

function toArrayBuffer(buffer: Buffer): ArrayBuffer {
  return new Uint8Array(buffer).buffer;
}
