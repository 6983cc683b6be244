import { expect } from '@open-wc/testing';
import { bankListFor } from '../../../../src/companion/banks/links.ts';
import { parseBankList } from '../../../../src/companion/banks/parse-list.ts';
import { readBanks } from '../../../../src/widget/components/bank-picker/read-banks.ts';
import { createBankSearch } from '../../../../src/widget/components/bank-picker/search.ts';
import { spell } from '../../../../src/widget/components/bank-picker/spelling.ts';
import { makeKnownList } from '../../../support/bank-list.ts';
import { Pace } from '../../../support/pace.ts';
import { LINK } from '../../../support/snapshots.ts';

/** The bank list as a payer's page gets it, with aliases. */
const BANKS = readBanks(bankListFor(parseBankList(makeKnownList(200)).banks, LINK, 'ios'), '');
const search = createBankSearch(BANKS);
const names = (query: string) => search(query).map(({ name }) => name);

const T = 'Т-Банк';
const SBER = 'Сбербанк';
const ALFA = 'АЛЬФА-БАНК';
const RAIF = 'Райффайзенбанк';
const GPB = 'Газпромбанк';
const SOVCOM = 'Совкомбанк';
const OZON = 'Озон Банк (Ozon)';
const WB = 'ВБ Банк (Вайлдберриз банк)';
const UNITED = 'ПАО «Объединённый капитал»';

/** Queries, each with the bank that must be the first result. */
const QUERIES: readonly (readonly [query: string, first: string])[] = [
  // as the name is written
  ['Сбербанк', SBER],
  ['сбер', SBER],
  ['СБЕР', SBER],
  ['сб', SBER],
  ['Т-Банк', T],
  ['т банк', T],
  ['тбанк', T],
  ['т', T],
  ['т–банк', T],
  ['втб', 'Банк ВТБ'],
  ['банк втб', 'Банк ВТБ'],
  ['втб банк', 'Банк ВТБ'],
  ['ВТББанк', 'Банк ВТБ'],
  ['альфа', ALFA],
  ['альфабанк', ALFA],
  ['альфа-банк', ALFA],
  ['АО «Альфа-Банк»', ALFA],
  ['ПАО Сбербанк', SBER],
  ['ООО "Озон Банк"', OZON],
  ['озон', OZON],
  ['вайлдберриз', WB],
  ['вб', WB],
  ['дом рф', 'Банк ДОМ.РФ'],
  ['дом.рф', 'Банк ДОМ.РФ'],
  ['петербург', 'БАНК САНКТ-ПЕТЕРБУРГ'],
  ['санкт петербург', 'БАНК САНКТ-ПЕТЕРБУРГ'],
  ['объединенный', UNITED],
  ['объединённый капитал', UNITED],
  ['ОБЪЕДИНЁННЫЙ', UNITED],
  ['капитал объединенный', UNITED],
  ['центр инвест', 'КБ «Центр-инвест»'],
  ['россия', 'АБ "РОССИЯ"'],
  ['росбанк', 'Росбанк'],
  ['рос', 'Россельхозбанк'],
  ['ш', 'Банк Шинник'],
  ['я', 'Яндекс Банк'],
  // as people call the bank
  ['тинькофф', T],
  ['тинькоф', T],
  ['тинькофф банк', T],
  ['халва', SOVCOM],
  ['гпб', GPB],
  ['газпром', GPB],
  ['райф', RAIF],
  ['рай', RAIF],
  ['мкб', 'МОСКОВСКИЙ КРЕДИТНЫЙ БАНК'],
  ['московский банк', 'МОСКОВСКИЙ КРЕДИТНЫЙ БАНК'],
  ['рсхб', 'Россельхозбанк'],
  ['питер', 'БАНК САНКТ-ПЕТЕРБУРГ'],
  ['яндекс пэй', 'Яндекс Банк'],
  ['втб24', 'Банк ВТБ'],
  // in Latin letters
  ['sber', SBER],
  ['Sberbank', SBER],
  ['tinkoff', T],
  ['tinkof', T],
  ['t-bank', T],
  ['tbank', T],
  ['vtb', 'Банк ВТБ'],
  ['alfa', ALFA],
  ['alpha', ALFA],
  ['alfa bank', ALFA],
  ['raif', RAIF],
  ['rayf', RAIF],
  ['raiffeisen', RAIF],
  ['gazprom', GPB],
  ['gpb', GPB],
  ['sovkombank', SOVCOM],
  ['sovcom', SOVCOM],
  ['halva', SOVCOM],
  ['khalva', SOVCOM],
  ['rosselhozbank', 'Россельхозбанк'],
  ['rosselkhoz', 'Россельхозбанк'],
  ['pochta', 'Почта Банк'],
  ['yandex', 'Яндекс Банк'],
  ['jandex', 'Яндекс Банк'],
  ['ozon', OZON],
  ['wildberries', WB],
  ['yumani', 'ЮМани'],
  ['unicredit', 'ЮниКредит Банк'],
  ['modulbank', 'МОДУЛЬБАНК'],
  ['tochka', 'Банк Точка'],
  ['dom.rf', 'Банк ДОМ.РФ'],
  ['tsentr-invest', 'КБ «Центр-инвест»'],
  ['centr', 'КБ «Центр-инвест»'],
  ['cifra', 'Цифра банк'],
  ['hlynov', 'Банк «Хлынов»'],
  ['khlynov', 'Банк «Хлынов»'],
  ['shinnik', 'Банк Шинник'],
  ['ekspobank', 'Экспобанк'],
  ['expobank', 'Экспобанк'],
  ['aziatsko', 'Азиатско-Тихоокеанский Банк'],
  ['obedinennyy kapital', UNITED],
  ['metallinvest', 'Металлинвестбанк'],
  // with the Latin layout on
  ['c,th', SBER],
  ['c,', SBER],
  ['C<TH', SBER],
  ['nbymrjaa', T],
  ['n-,fyr', T],
  ['dn,', 'Банк ВТБ'],
  ['fkmaf', ALFA],
  ['hfqa', RAIF],
  ['ufpghjv', GPB],
  ['[fkdf', SOVCOM],
  ['jpjy', OZON],
  ['zyltrc', 'Яндекс Банк'],
  [',fyr dn,', 'Банк ВТБ'],
  ["'rcgj", 'Экспобанк'],
  ['j,]tlbytyysq', UNITED],
  ['gjxnf', 'Почта Банк'],
  ['.vfyb', 'ЮМани'],
  // with the Russian layout on
  ['ыиук', SBER],
  ['ешт', T],
  ['рфдмф', SOVCOM],
  ['фдаф', ALFA],
  ['щящт', OZON],
  ['нфтвуч', 'Яндекс Банк'],
  ['ещсрлф', 'Банк Точка'],
];

describe('the bank search', () => {
  for (const [query, first] of QUERIES) {
    it(`finds ${first} by "${query}"`, () => expect(names(query)[0]).to.equal(first));
  }

  it('has the whole list of 200 to search in', () => expect(BANKS.length).to.equal(200));

  it('shows every bank when nothing in particular is asked for', () => {
    for (const query of ['', '  ', '«»', '-', 'банк', 'Банк ', 'ПАО', 'ао «банк»', 'bank', 'OOO']) {
      expect(search(query), query).to.equal(BANKS);
    }
  });

  it('loses no bank on the way to its name, letter by letter', () => {
    for (const { name } of BANKS) {
      for (let length = 1; length <= name.length; length++) {
        const typed = name.slice(0, length);
        expect(names(typed), `«${typed}»`).to.include(name);
      }
    }
  });

  it('finds nothing by what is nobody’s name', () => {
    for (const query of ['нет такого', 'zqzqz', 'зелёный банк', '<script>', 'абвг'.repeat(100)]) {
      expect(names(query), query).to.deep.equal([]);
    }
  });

  it('takes signs for nothing', () => {
    for (const query of ['💳', '\\', '.*', '(', '[']) expect(search(query), query).to.equal(BANKS);
  });

  it('puts the better match first and the larger bank first among equals', () => {
    const found = names('мос');
    expect(found[0]).to.equal('МОСКОВСКИЙ КРЕДИТНЫЙ БАНК');
    expect(names('банк 1').slice(0, 3)).to.deep.equal([
      'Банк 1 (Brand 1)',
      'Банк 10 (Brand 10)',
      'Банк 11 (Brand 11)',
    ]);
    expect(names('с').slice(0, 2)).to.deep.equal([SBER, SOVCOM]);
    expect(names('с').some((name) => name.includes('Шинник'))).to.equal(false);
  });

  it('is not slowed down by hostile queries and names', () => {
    const long = 'йц '.repeat(5_000);
    const hostile = createBankSearch(
      readBanks(
        { banks: Array.from({ length: 5_000 }, () => ({ name: long, url: LINK, aliases: [long] })) },
        '',
      ),
    );
    const pace = Pace.start();
    const begun = performance.now();
    hostile(long);
    search('a'.repeat(100_000));
    search('bank'.repeat(20_000));
    const tookMs = performance.now() - begun;
    expect(tookMs).to.be.below(pace.stretch(3_000));
  });
});

describe('spell', () => {
  it('folds what a person does not hear', () => {
    expect(spell('«ВБ» Банк (Ёж-2)').words).to.deep.equal(['vb', 'eZ', '2']);
    expect(spell('й').words).to.deep.equal(spell('и\u0306').words);
    expect(spell('ООО').core).to.equal('');
    expect(spell('Банк 111').core).to.equal('111');
  });
});
