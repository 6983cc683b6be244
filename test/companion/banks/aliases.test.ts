import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { aliasesOf } from '../../../src/companion/banks/aliases.ts';
import { FORMER_NAMES } from '../../../src/companion/banks/former-names.ts';
import { BANK_SNAPSHOT } from '../../../src/companion/banks/snapshot.ts';
import { makeKnownList } from '../../support/bank-list.ts';

/** The widget reads at most this many aliases of a bank. */
const MOST = 20;

const schemes = new Set([...Object.keys(FORMER_NAMES), ...BANK_SNAPSHOT.map(({ id }) => id)]);

describe('aliases of a bank', () => {
  it("belong to one bank, are in lower case, and are within the widget's limit", () => {
    const leadsTo = new Map<string, string>();
    for (const scheme of schemes) {
      const aliases = aliasesOf({ scheme, name: 'Банк' });
      assert.ok(aliases.length > 0 && aliases.length <= MOST, scheme);
      for (const alias of aliases) {
        assert.equal(alias, alias.toLowerCase().trim());
        assert.equal(leadsTo.get(alias) ?? scheme, scheme, `«${alias}» is two banks`);
        leadsTo.set(alias, scheme);
      }
      assert.equal(new Set(aliases).size, aliases.length, `${scheme} has a name twice`);
    }
  });

  it('are never another listed bank’s own name', () => {
    const listed = makeKnownList(100).dictionary as readonly { schema: string; bankName: string }[];
    // Listed beside the bank that has taken it over, it is found by its own name: see bank-search-mistakes.test.ts.
    const taken = new Set(['росбанк', 'хоум банк']);
    for (const { schema, bankName } of listed) {
      const name = bankName.toLowerCase();
      if (taken.has(name)) continue;
      for (const scheme of schemes) {
        if (scheme !== schema) assert.ok(!aliasesOf({ scheme, name: '' }).includes(name), name);
      }
    }
  });

  it('include the initials of a name with three or more words', () => {
    const initials = (name: string) => aliasesOf({ scheme: null, name });
    assert.deepEqual(initials('Азиатско-Тихоокеанский Банк'), ['атб']);
    assert.deepEqual(initials('АКБ МЕЖДУНАРОДНЫЙ ФИНАНСОВЫЙ КЛУБ'), ['мфк']);
    assert.deepEqual(initials('Кредит Европа Банк (Россия)'), ['кеб']);
    for (const name of ['Банк Точка', 'ПАО КБ Хлынов', '()', '']) assert.deepEqual(initials(name), [], name);
  });
});
