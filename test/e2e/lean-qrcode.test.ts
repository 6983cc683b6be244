import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import qrcode from 'qrcode-generator';
import { build, type Rolldown } from 'vite';
import { leanQrcode } from '../../build/lean-qrcode.ts';

const LIBRARY = import.meta.resolve('qrcode-generator').replace('file://', '');

/** Returns the encoder from the build that payers load. */
async function builtEncoder(): Promise<typeof qrcode> {
  const built = (await build({
    configFile: false,
    logLevel: 'error',
    plugins: [leanQrcode()],
    build: { write: false, minify: true, lib: { entry: LIBRARY, formats: ['es'], fileName: 'qr' } },
  })) as Rolldown.RolldownOutput[];
  const { code } = built[0]!.output[0];
  assert.doesNotMatch(code, /GIF87a|<svg/);
  const module = (await import(`data:text/javascript,${encodeURIComponent(code)}`)) as {
    default: typeof qrcode;
  };
  return module.default;
}

function drawn(encoder: typeof qrcode, parts: readonly (readonly [string, Mode])[]): string {
  encoder.stringToBytes = (text) => [...new TextEncoder().encode(text)];
  const code = encoder(0, 'M');
  for (const [text, mode] of parts) code.addData(text, mode);
  code.make();
  const side = Array.from({ length: code.getModuleCount() }, (_, index) => index);
  return side.map((row) => side.map((column) => (code.isDark(row, column) ? '#' : ' ')).join('')).join('\n');
}

describe('the encoder of the built element', () => {
  it('draws what the whole library draws, in every size of code', async () => {
    const lean = await builtEncoder();
    const sides = new Set<number>();
    for (let length = 1; length <= 2_200; length += 11) {
      const text = 'https://qr.nspk.ru/Ж?'.repeat(120).slice(0, length);
      const expected = drawn(qrcode, [[text, 'Byte']]);
      assert.equal(drawn(lean, [[text, 'Byte']]), expected, `${length}`);
      sides.add(expected.indexOf('\n'));
    }
    assert.equal(sides.size, 40);
    const bare = [
      ['https://qr.nspk.ru', 'Byte'],
      ['/AS10003P3RH0LJ2A9ROO038L6NT5RU1M', 'Alphanumeric'],
    ] as const;
    assert.equal(drawn(lean, bare), drawn(qrcode, bare));
  });

  it('refuses what was left out rather than drawing it wrongly', async () => {
    const lean = await builtEncoder();
    assert.throws(() => lean(0, 'M').addData('123', 'Numeric'), /Numeric/);
    const other = lean(0, 'H');
    other.addData('1', 'Byte');
    assert.throws(() => other.make());
  });
});
