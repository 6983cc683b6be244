import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseBankList } from '../../../src/companion/banks/parse-list.ts';
import { BANK_SNAPSHOT } from '../../../src/companion/banks/snapshot.ts';
import { entry, makeBankList, SBER, UNUSABLE_ENTRIES, VTB } from '../../support/bank-list.ts';

const one = (value: unknown) => parseBankList({ dictionary: [value] }).banks[0];

describe('reading the bank list', () => {
  it('keeps every usable entry in the order of the list', () => {
    const list = makeBankList(200);
    const { banks, dropped } = parseBankList(list);
    assert.equal(dropped, 0);
    assert.deepEqual(
      banks.map((bank) => bank.id),
      list.dictionary.map((raw) => (raw as { schema: string }).schema),
    );
    assert.equal(banks[0]!.id, SBER);
  });

  it('drops a bad entry and keeps the others', () => {
    const good = makeBankList(30).dictionary;
    const mixed = good.flatMap((bank, i) => [UNUSABLE_ENTRIES[i % UNUSABLE_ENTRIES.length], bank]);
    const { banks, dropped } = parseBankList({ dictionary: mixed });
    assert.equal(banks.length, 30);
    assert.equal(dropped, 30);
  });

  it('keeps only the first entry of a scheme', () => {
    const list = { dictionary: [entry(SBER, 'Сбербанк'), entry(SBER, 'Подделка')] };
    const { banks, dropped } = parseBankList(list);
    assert.deepEqual([banks.map((bank) => bank.name), dropped], [['Сбербанк'], 1]);
  });

  it("keeps VTB's scheme apart from its logo", () => {
    const vtb = parseBankList(makeBankList()).banks.find((bank) => bank.id === VTB)!;
    assert.match(vtb.logoUrl!, /bank100000000005\.png$/);
  });

  it('accepts only a well-formed package name', () => {
    for (const bad of ['', undefined, 'x', 7, 'ru.bank;end', 'ru..bank', 'ru.bank app']) {
      assert.equal(one(entry(SBER, 'x', { package_name: bad }))!.packageName, null, String(bad));
    }
    assert.equal(one(entry(SBER, 'x', { package_name: 'ru.sber' }))!.packageName, 'ru.sber');
  });

  it('accepts only an active https web client', () => {
    const web = (webClientUrl: unknown, isWebClientActive?: unknown) =>
      one(entry(SBER, 'x', { webClientUrl, isWebClientActive }))!.webUrl;
    assert.equal(web('https://a.ru/c2b', 'true'), 'https://a.ru/c2b');
    assert.equal(web('https://a.ru/#/fps', true), 'https://a.ru/#/fps');
    assert.equal(web('https://a.ru/c2b'), null);
    assert.equal(web('https://a.ru/c2b', 'false'), null);
    assert.equal(web('http://a.ru/c2b', 'true'), null);
    assert.equal(web('javascript:alert(1)', 'true'), null);
    assert.equal(web('https://user:secret@a.ru/', 'true'), null);
  });

  it('keeps a hostile name as plain text, on one line and in its reading direction', () => {
    const name = (bankName: string) => one(entry(SBER, bankName))!.name;
    assert.equal(name('<img src=x onerror=alert(1)>'), '<img src=x onerror=alert(1)>');
    assert.equal(name('  Озон\tБанк \r\n (Ozon)\u0000 '), 'Озон Банк (Ozon)');
    assert.equal(name('Банк\u202e знаБ\u200b\ud800'), 'Банк знаБ');
    assert.equal(Array.from(name('🏦'.repeat(500))).length, 80);
  });

  it('returns no banks for anything but the list', () => {
    for (const value of [null, undefined, [], 'x', 1, {}, { dictionary: {} }, { dictionary: 'x' }]) {
      assert.deepEqual(parseBankList(value).banks, []);
    }
  });

  it('never throws, and returns only usable banks', () => {
    fc.assert(
      fc.property(fc.array(fc.anything({ withNullPrototype: true })), fc.string(), (junk, bankName) => {
        const { banks } = parseBankList({ dictionary: [...junk, { schema: SBER, bankName }] });
        for (const bank of banks) {
          assert.match(bank.id, /^bank\d{12}$/);
          assert.ok(bank.name.length > 0 && !/[\p{C}\n]/u.test(bank.name));
        }
      }),
    );
  });
});

describe('the built-in snapshot', () => {
  it('is longer than the minimum, with each scheme once', () => {
    assert.ok(BANK_SNAPSHOT.length >= 20);
    assert.equal(new Set(BANK_SNAPSHOT.map((bank) => bank.id)).size, BANK_SNAPSHOT.length);
  });

  it('passes its own parser', () => {
    const list = BANK_SNAPSHOT.map(({ id, name, logoUrl }) => ({
      schema: id,
      bankName: name,
      logoURL: logoUrl,
    }));
    assert.deepEqual(parseBankList({ dictionary: list }).banks, BANK_SNAPSHOT);
  });
});
