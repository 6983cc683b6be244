import { expect } from '@open-wc/testing';
import { bankListFor } from '../../../../src/companion/banks/links.ts';
import { parseBankList } from '../../../../src/companion/banks/parse-list.ts';
import { readBanks } from '../../../../src/widget/components/bank-picker/read-banks.ts';
import { createBankSearch } from '../../../../src/widget/components/bank-picker/search.ts';
import { isOneLetterOff } from '../../../../src/widget/components/bank-picker/one-typo.ts';
import { makeKnownList } from '../../../support/bank-list.ts';
import { LINK } from '../../../support/snapshots.ts';

/** Banks that others have taken over. The list is as a payer's page gets it, with aliases, but without these banks. */
const GONE = ['Росбанк', 'Хоум Банк'];
const BANKS = readBanks(bankListFor(parseBankList(makeKnownList(200)).banks, LINK, 'ios'), '').filter(
  ({ name }) => !GONE.includes(name),
);
const search = createBankSearch(BANKS);
const names = (query: string) => search(query).map(({ name }) => name);

const T = 'Т-Банк';
const SBER = 'Сбербанк';
const VTB = 'Банк ВТБ';
const ALFA = 'АЛЬФА-БАНК';
const RAIF = 'Райффайзенбанк';
const PSB = 'Банк ПСБ';
const SOVCOM = 'Совкомбанк';
const YANDEX = 'Яндекс Банк';
const OZON = 'Озон Банк (Ozon)';
const WB = 'ВБ Банк (Вайлдберриз банк)';

/** Payers' input by kind of mistake, each with the bank that must be the first result. */
const KINDS: Readonly<Record<string, readonly (readonly [query: string, first: string])[]>> = {
  'one letter wrong': [
    ['тенькофф', T],
    ['тиньков', T],
    ['савкомбанк', SOVCOM],
    ['юнекредит', 'ЮниКредит Банк'],
    ['левабережный', 'Банк Левобережный'],
    ['юмони', 'ЮМани'],
    ['азон', OZON],
    ['вайлдберис', WB],
    ['фльфа', ALFA],
    ['карта сбербанка', SBER],
  ],
  'one letter missing': [
    ['сбербнк', SBER],
    ['сербанк', SBER],
    ['промсвзьбанк', PSB],
    ['ядекс', YANDEX],
    ['урлсиб', 'БАНК УРАЛСИБ'],
    ['русский стандрт', 'Банк Русский Стандарт'],
    ['газромбанк', 'Газпромбанк'],
    ['хлынв', 'Банк «Хлынов»'],
  ],
  'one letter too many, or two that have changed places': [
    ['алльфа', ALFA],
    ['алфьа', ALFA],
    ['сбребанк', SBER],
    ['моудль', 'МОДУЛЬБАНК'],
    ['октрытие', VTB],
  ],
  'one word too many': [
    ['сбербанк россии', SBER],
    ['пао сбербанк россии', SBER],
    ['яндекс карта', YANDEX],
    ['втб онлайн', VTB],
    ['мтс карта', 'МТС-Банк'],
    ['т-банк карта', T],
    ['приложение альфа банка', ALFA],
    ['росбанк онлайн', T],
    ['совкомбанк халва', SOVCOM],
  ],
  'former names': [
    ['росбанк', T],
    ['тинькофф', T],
    ['открытие', VTB],
    ['бинбанк', VTB],
    ['банк москвы', VTB],
    ['связь банк', PSB],
    ['смп банк', PSB],
    ['хоум кредит', SOVCOM],
    ['восточный', SOVCOM],
    ['скб', 'Банк Синара'],
    ['транскапитал', 'ТКБ БАНК'],
    ['союз', 'Инго Банк'],
    ['ингосстрах', 'Инго Банк'],
    ['сиаб', 'ФИНСТАР БАНК'],
    ['фридом финанс', 'Цифра банк'],
    ['лето банк', 'Почта Банк'],
    ['российский капитал', 'Банк ДОМ.РФ'],
    ['яндекс деньги', 'ЮМани'],
  ],
  'short names, brands, owners': [
    ['атб', 'Азиатско-Тихоокеанский Банк'],
    ['рсб', 'Банк Русский Стандарт'],
    ['спб', 'БАНК САНКТ-ПЕТЕРБУРГ'],
    ['роснефть', 'Банк ВБРР'],
    ['дело банк', 'Банк Синара'],
    ['почта россии', 'Почта Банк'],
  ],
  'letters of the other alphabet that look the same': [
    ['cбер', SBER],
    ['sбер', SBER],
    ['cбepбaнк', SBER],
    ['BТБ', VTB],
    ['Tинькофф', T],
    ['yралсиб', 'БАНК УРАЛСИБ'],
    ['oзон', OZON],
    ['оzon', OZON],
  ],
  'the other layout, with a mistake in it': [
    ['c,th,yr', SBER],
    ['jnrhsnbt', VTB],
    ['hfqafqpty', RAIF],
    ['zyltrc rfhnf', YANDEX],
  ],
};

/** Queries of at most three letters. Among equal matches the largest bank is the first, as in the list. */
const KEYSTROKES: readonly (readonly [query: string, first: string])[] = [
  ...([
    ['сбе', SBER],
    ['т', T],
    ['втб', VTB],
    ['аль', ALFA],
    ['рай', RAIF],
  ] as const),
  ...([
    ['газ', 'Газпромбанк'],
    ['псб', PSB],
    ['сов', SOVCOM],
    ['рос', 'Россельхозбанк'],
  ] as const),
  ...([
    ['мос', 'МОСКОВСКИЙ КРЕДИТНЫЙ БАНК'],
    ['юни', 'ЮниКредит Банк'],
    ['дом', 'Банк ДОМ.РФ'],
  ] as const),
  ...([
    ['мтс', 'МТС-Банк'],
    ['ак', 'АК БАРС БАНК'],
    ['сан', 'БАНК САНКТ-ПЕТЕРБУРГ'],
    ['поч', 'Почта Банк'],
  ] as const),
  ...([
    ['ура', 'БАНК УРАЛСИБ'],
    ['отп', 'ОТП Банк'],
    ['янд', YANDEX],
    ['озо', OZON],
    ['вб', WB],
  ] as const),
];

describe('the bank search, of mistakes', () => {
  for (const [kind, queries] of Object.entries(KINDS)) {
    for (const [query, first] of queries) {
      it(`${kind}: finds ${first} by "${query}"`, () => expect(names(query)[0]).to.equal(first));
    }
  }

  for (const [query, first] of KEYSTROKES) {
    it(`finds ${first} by the keystrokes "${query}"`, () => expect(names(query)[0]).to.equal(first));
  }

  it('puts a listed bank before another one that once had its name', () => {
    const both = createBankSearch([...BANKS, { ...BANKS[0]!, id: 'rosbank', name: 'Росбанк', aliases: [] }]);
    expect(both('росбанк')[0]!.name).to.equal('Росбанк');
  });

  it('puts a name before a word in brackets, whichever stands first in the list', () => {
    const banks = [
      { ...BANKS[0]!, name: 'Европа Банк (Россия)', aliases: [] },
      { ...BANKS[0]!, name: 'АБ РОССИЯ', aliases: [] },
    ];
    for (const list of [banks, [...banks].reverse()]) {
      expect(createBankSearch(list)('россия').map(({ name }) => name)).to.deep.equal([
        'АБ РОССИЯ',
        'Европа Банк (Россия)',
      ]);
    }
  });

  it('shows no neighbours of what it has found', () => {
    expect(names('сбер')).to.deep.equal([SBER]);
    expect(names('озон')).to.deep.equal([OZON]);
  });

  it('finds nothing by noise', () => {
    const noise = [
      'йц',
      'фы',
      'яч',
      'зз',
      'ыы',
      'ъь',
      'qq',
      'zx',
      'фыва',
      'йцукен',
      'asdf',
      'qwerty',
      'qwe',
      'не знаю',
    ];
    for (const query of noise) expect(names(query), query).to.deep.equal([]);
  });

  it('does not read keys in the other layout where one of them is no letter', () => {
    // In the other layout «ню» is "y.", and «Яндекс» begins with a "y".
    for (const query of ['ню', 'хб', 'бж']) expect(names(query), query).to.deep.equal([]);
  });

  it('begins with the bank whose name begins like a legal form, and loses no other', () => {
    expect(names('аб')[0]).to.equal('Абсолют Банк');
    expect(names('аб').length).to.equal(BANKS.length);
  });
});

describe('isOneLetterOff', () => {
  it('takes one wrong, missing, added or swapped letter', () => {
    for (const typed of ['ozan', 'ozn', 'ozoon', 'zoon', 'azon']) {
      expect(isOneLetterOff(typed, 'ozon'), typed).to.equal(typed.length >= 4);
    }
  });

  it('takes no second one, and no short word', () => {
    expect(isOneLetterOff('azan', 'ozon')).to.equal(false);
    expect(isOneLetterOff('vtp', 'vtb')).to.equal(false);
    expect(isOneLetterOff('binbank', 'inbank')).to.equal(false);
  });

  it('takes the beginning of a long word for the word', () => {
    expect(isOneLetterOff('raifaz', 'raifaizenbank')).to.equal(true);
    expect(isOneLetterOff('raif', 'raizenbank')).to.equal(false);
  });
});
