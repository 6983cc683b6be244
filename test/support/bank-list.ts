/** A bank list in NSPK's legacy form, with every oddity seen in the real list and some hostile ones. */

export const SBER = 'bank100000000111';
export const VTB = 'bank110000000005';

export interface GeneratedList {
  readonly version: string;
  readonly dictionary: readonly unknown[];
}

/**
 * Returns `size` usable entries in the real list's proportions. The first are the largest banks, as in the real list.
 */
export function makeBankList(size = 200): GeneratedList {
  const largest = [
    entry(SBER, 'Сбербанк', { package_name: 'ru.sberbankmobile', isDrActive: true }),
    entry('bank100000000004', 'Т-Банк', {
      package_name: 'com.idamob.tinkoff.android',
      webClientUrl: 'https://www.tinkoff.ru/mybank/payments/qr-pay',
      isWebClientActive: 'true',
    }),
    entry(VTB, 'Банк ВТБ', { logoURL: 'https://qr.nspk.ru/proxyapp/logo/bank100000000005.png' }),
    entry('bank100000000008', 'АЛЬФА-БАНК', { package_name: 'ru.alfabank.mobile.android' }),
  ];
  const rest = Array.from({ length: Math.max(0, size - largest.length) }, (_, i) => {
    const schema = `bank2${String(i).padStart(11, '0')}`;
    return entry(schema, `Банк ${i} (Brand ${i})`, ODDITIES[i % ODDITIES.length]);
  });
  return { version: '1.0', dictionary: [...largest, ...rest].slice(0, size) };
}

/** Banks in the real list's spelling and order: names that payers search for. */
const KNOWN: readonly (readonly [schema: string, bankName: string])[] = [
  [SBER, 'Сбербанк'],
  ['bank100000000004', 'Т-Банк'],
  [VTB, 'Банк ВТБ'],
  ['bank100000000008', 'АЛЬФА-БАНК'],
  ['bank100000000007', 'Райффайзенбанк'],
  ['bank100000000001', 'Газпромбанк'],
  ['bank100000000010', 'Банк ПСБ'],
  ['bank100000000013', 'Совкомбанк'],
  ['bank100000000020', 'Россельхозбанк'],
  ['bank100000000025', 'МОСКОВСКИЙ КРЕДИТНЫЙ БАНК'],
  ['bank100000000030', 'ЮниКредит Банк'],
  ['bank100000000082', 'Банк ДОМ.РФ'],
  ['bank100000000017', 'МТС-Банк'],
  ['bank100000000006', 'АК БАРС БАНК'],
  ['bank100000000022', 'ЮМани'],
  ['bank100000000029', 'БАНК САНКТ-ПЕТЕРБУРГ'],
  ['bank100000000016', 'Почта Банк'],
  ['bank100000000014', 'Банк Русский Стандарт'],
  ['bank100000000018', 'ОТП Банк'],
  ['bank100000000026', 'БАНК УРАЛСИБ'],
  ['bank100000000031', 'УБРиР'],
  ['bank100000000032', 'Ренессанс Банк'],
  ['bank100000000150', 'Яндекс Банк'],
  ['bank100000000273', 'Озон Банк (Ozon)'],
  ['bank100000000259', 'ВБ Банк (Вайлдберриз банк)'],
  ['bank100000000284', 'Банк Точка'],
  ['bank100000000099', 'МОДУЛЬБАНК'],
  ['bank100000000041', 'БКС Банк'],
  ['bank100000000289', 'ЭКСИ-Банк'],
  ['bank100000000003', 'Банк Синара'],
  ['bank100000000034', 'ТКБ БАНК'],
  ['bank100000000049', 'Банк ВБРР'],
  ['bank100000000078', 'Инго Банк'],
  ['bank100000000108', 'Азиатско-Тихоокеанский Банк'],
  ['bank100000000265', 'Цифра банк'],
  ['bank100000000278', 'ФИНСТАР БАНК'],
  ...[
    ...['Абсолют Банк', 'АБ "РОССИЯ"', 'Банк «ЗЕНИТ»', 'АВАНГАРД'],
    ...[
      'СКБ Приморья Примсоцбанк',
      'УРАЛПРОМБАНК',
      'Кредит Европа Банк (Россия)',
      'Банк Левобережный',
      'ЛОКО-Банк',
      'Хоум Банк',
    ],
    ...['Металлинвестбанк', 'Новикомбанк', 'РНКБ Банк', 'СДМ-Банк', 'Свой Банк', 'НКО Мобильная карта'],
    ...['Фора-Банк', 'КБ «Центр-инвест»', 'ЧЕЛИНДБАНК', 'ЧЕЛЯБИНВЕСТБАНК', 'Экспобанк', 'Банк «Хлынов»'],
    ...[
      'ПАО «Объединённый капитал»',
      'Кузнецкбизнесбанк',
      'Банк Оранжевый',
      'Дальневосточный банк',
      'Солид Банк',
    ],
    ...[
      'Росбанк',
      'Банк Шинник',
      'Севергазбанк',
      'Энерготрансбанк',
      'Кубань Кредит',
      'Тимер Банк',
      'Драйв Клик Банк',
    ],
  ].map((bankName, i) => [`bank3${String(i).padStart(11, '0')}`, bankName] as const),
];

/** Returns a list with the real list's length. The first names are those that search tests use. */
export function makeKnownList(size = 200): GeneratedList {
  const known = KNOWN.map(([schema, bankName]) => entry(schema, bankName));
  return { version: '1.0', dictionary: [...known, ...makeBankList(size).dictionary.slice(4)].slice(0, size) };
}

/** Invalid entries. The companion drops them and keeps the others. */
export const UNUSABLE_ENTRIES: readonly unknown[] = [
  null,
  42,
  'bank100000000111',
  [],
  {},
  entry('bank123', 'Короткая схема'),
  entry('javascript', 'Опасная схема'),
  entry('bank100000000009\n', 'Перевод строки в схеме'),
  entry('BANK100000000009', 'Заглавные в схеме'),
  entry('bank10000000000９', 'Не те цифры в схеме'),
  entry('bank100000000990', ''),
  entry('bank100000000991', ' \u0000\u202e '),
  { ...entry('bank100000000992', 'x'), bankName: { toString: 'Не строка' } },
  { ...entry('bank100000000993', 'Схема не строка'), schema: 100000000993 },
];

const ODDITIES: readonly Record<string, unknown>[] = [
  { package_name: 'ru.ftc.faktura.multibank' },
  { package_name: '' },
  {},
  { webClientUrl: 'http://dbo.example.ru/fps/c2b', isWebClientActive: 'true', param_separator: '/' },
  { webClientUrl: 'https://online.example.ru/#/external/fps', isWebClientActive: 'true' },
  { webClientUrl: 'https://direct.example.ru/mobile/', isWebClientActive: true },
  { webClientUrl: 'https://off.example.ru/fps', isWebClientActive: 'false' },
  { package_name: 'ru.example;S.evil=1;end', isDrActive: false },
];

export function entry(schema: string, bankName: string, more: Record<string, unknown> = {}) {
  return { bankName, logoURL: `https://qr.nspk.ru/proxyapp/logo/${schema}.png`, schema, ...more };
}
