import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { formatMoney, isKopecks, parseMoney } from '../../src/protocol/money.ts';

describe('formatMoney', () => {
  it('writes kopecks only when there are any, with no-break spaces', () => {
    assert.equal(formatMoney(125_000, 'ru'), '1\u00a0250\u00a0₽');
    assert.equal(formatMoney(125_050, 'ru'), '1\u00a0250,50\u00a0₽');
    assert.equal(formatMoney(5, 'ru'), '0,05\u00a0₽');
    assert.equal(formatMoney(125_000, 'en'), '₽1,250');
  });

  it('is exact where floating point is not', () => {
    assert.equal(formatMoney(Number.MAX_SAFE_INTEGER, 'en'), '₽90,071,992,547,409.91');
  });
});

describe('parseMoney', () => {
  it('reads back whatever formatMoney writes', () => {
    // `parseMoney` takes up to 15 digits of roubles: all amounts there are.
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
        fc.constantFrom('ru', 'en'),
        (kopecks, locale) => {
          assert.equal(parseMoney(formatMoney(kopecks, locale), locale), kopecks);
        },
      ),
    );
  });

  it('takes what people type', () => {
    assert.equal(parseMoney('1250', 'ru'), 125_000);
    assert.equal(parseMoney(' 1 250,5 ', 'ru'), 125_050);
    assert.equal(parseMoney('1250.50', 'ru'), 125_050);
  });

  it('refuses what it would have to guess at', () => {
    for (const text of ['', '0', '-5', '1,234.5', '1.234', '12,345', 'сто', '1e3', '0x10', 'NaN', '١٢']) {
      assert.equal(parseMoney(text, 'ru'), null, text);
    }
  });
});

describe('isKopecks', () => {
  it('takes whole positive numbers that are exact, and nothing else', () => {
    assert.ok(isKopecks(1));
    for (const value of [0, -1, 1.5, 1e21, 2 ** 53, NaN, Infinity, '100', null, undefined]) {
      assert.equal(isKopecks(value), false);
    }
  });
});
