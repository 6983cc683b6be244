import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { bankListFor } from '../../../src/companion/banks/links.ts';
import { parseBankList } from '../../../src/companion/banks/parse-list.ts';
import { PLATFORMS } from '../../../src/protocol/banks.ts';
import { isAllowedLink } from '../../../src/protocol/link-scheme.ts';
import { bankListSchema } from '../../../src/protocol/schemas.ts';
import { makeBankList, SBER, UNUSABLE_ENTRIES } from '../../support/bank-list.ts';

const LINK =
  'https://qr.nspk.ru/AD10001RQ10OT70E8LEOT61G16J41I09?type=02&bank=100000000111&sum=1400&cur=RUB&crc=62E3';
const { banks } = parseBankList({
  dictionary: [...makeBankList(200).dictionary, ...UNUSABLE_ENTRIES],
});

describe('links to banks', () => {
  it('are a valid bank list on every platform', () => {
    for (const platform of PLATFORMS) {
      const list = bankListFor(banks, LINK, platform);
      assert.ok(v.is(bankListSchema, list));
      assert.equal(list.banks.length, 200);
      assert.equal(list.banks[0]!.id, SBER);
    }
  });

  it('are links that a payer may open', () => {
    for (const platform of PLATFORMS) {
      for (const { url, links } of bankListFor(banks, LINK, platform).banks) {
        assert.equal(url, links[0]!.url);
        for (const link of links) assert.ok(isAllowedLink(link.url), link.url);
      }
    }
  });

  it('open the app by its scheme on iOS', () => {
    const sber = bankListFor(banks, LINK, 'ios').banks[0]!;
    assert.deepEqual(sber.links, [{ kind: 'scheme', url: LINK.replace('https', SBER) }]);
  });

  it('open a renamed app on Android: the scheme first, then the intent with its package', () => {
    const sber = bankListFor(banks, LINK, 'android').banks[0]!;
    assert.deepEqual(
      sber.links.map((link) => link.kind),
      ['scheme', 'intent'],
    );
    assert.match(sber.links[1]!.url, /;package=ru\.sberbankmobile;/);
  });

  it('have no package when the list has none', () => {
    const unpackaged = banks.find((bank) => bank.packageName === null)!;
    const { links } = bankListFor([unpackaged], LINK, 'android').banks[0]!;
    assert.doesNotMatch(links[1]!.url, /package=/);
  });

  it('change only the scheme of the payment link', () => {
    const text = fc.string({ unit: fc.constantFrom(...Array.from("aZ09-._~%2F&=+?:@!$'()*,;/ ж")) });
    fc.assert(
      fc.property(text, fc.constantFrom(...PLATFORMS), (tail, platform) => {
        const link = `https://qr.nspk.ru/${tail}`;
        for (const bank of bankListFor(banks.slice(0, 9), link, platform).banks) {
          for (const { kind, url } of bank.links) {
            const rest = kind === 'intent' ? url.slice(0, url.indexOf('#Intent;')) : url;
            assert.equal(rest.replace(/^(?:bank\d{12}|intent)/, 'https'), link);
            if (kind === 'intent') assert.ok(url.includes(`fallback_url=${encodeURIComponent(link)};`));
          }
        }
      }),
    );
  });

  it('are empty for a payment link of an unknown kind', () => {
    for (const link of ['', 'javascript:alert(1)', 'sberpay://x', 'ftp://x', ' https://qr.nspk.ru/x']) {
      assert.deepEqual(bankListFor(banks, link, 'ios').banks, [], link);
    }
  });

  it("put a provider's own bank first", () => {
    const url = 'http://192.168.1.5:8787/sandbox/bank/qr_1';
    const own = { id: 'sandbox', name: 'Тестовый банк', aliases: ['Test Bank'], url };
    const list = bankListFor(banks, url, 'ios', { ownBanks: [own] });
    assert.deepEqual(list.banks[0], { ...own, logo_url: null, links: [{ kind: 'web', url }] });
    assert.equal(list.banks.length, 201);
    const hostile = { ...own, url: 'javascript:alert(1)' };
    assert.equal(bankListFor(banks, url, 'ios', { ownBanks: [hostile] }).banks.length, 200);
  });

  it('have aliases for the search, and the address of the logo', () => {
    const [sber] = bankListFor(banks, LINK, 'ios', { logoUrl: ({ id }) => `/logos/${id}` }).banks;
    assert.equal(sber!.logo_url, `/logos/${SBER}`);
    assert.ok(sber!.aliases.includes('sber') && sber!.aliases.includes('сбер'));
  });
});
