import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MAX_QR_BYTES } from '../../src/protocol/qr-capacity.ts';
import { drawQr, encodeQr, QUIET_ZONE } from '../../src/protocol/qr.ts';
import { PUBLISHED_LINKS } from '../support/links.ts';

describe('encodeQr', () => {
  it('packs a bare NSPK link into 29 modules and the longer one into 41', () => {
    assert.equal(encodeQr(PUBLISHED_LINKS.bare).getModuleCount(), 29);
    assert.equal(encodeQr(PUBLISHED_LINKS.dynamic).getModuleCount(), 41);
  });

  it('keeps non-Latin text apart from its low bytes', () => {
    assert.notEqual(drawQr('https://банк.рф/счёт').path, drawQr('https://10=:.@D/AG5B').path);
  });

  it('throws for a text longer than a QR code can hold', () => {
    assert.equal(encodeQr('x'.repeat(MAX_QR_BYTES)).getModuleCount(), 177);
    assert.throws(() => encodeQr('x'.repeat(MAX_QR_BYTES + 1)));
    assert.throws(() => drawQr('x'.repeat(MAX_QR_BYTES + 1)));
  });
});

describe('drawQr', () => {
  it('draws each dark module of the matrix once, inside the quiet zone', () => {
    const matrix = encodeQr(PUBLISHED_LINKS.dynamic);
    const modules = matrix.getModuleCount();
    const { side, path } = drawQr(PUBLISHED_LINKS.dynamic);
    assert.equal(side, modules + 2 * QUIET_ZONE);
    const drawn = new Set<string>();
    for (const [, x, y, width] of path.matchAll(/M(\d+) (\d+)h(\d+)v1h-\d+z/g)) {
      for (let column = Number(x); column < Number(x) + Number(width); column++) {
        drawn.add(`${Number(y) - QUIET_ZONE}:${column - QUIET_ZONE}`);
      }
    }
    const dark = new Set<string>();
    for (let row = 0; row < modules; row++) {
      for (let column = 0; column < modules; column++)
        if (matrix.isDark(row, column)) dark.add(`${row}:${column}`);
    }
    assert.deepEqual(drawn, dark);
  });
});
