/** A bank list in NSPK's legacy form with every oddity that was seen in the real one, and some hostile ones. */

export const SBER = 'bank100000000111';
export const VTB = 'bank110000000005';

export interface GeneratedList {
  readonly version: string;
  readonly dictionary: readonly unknown[];
}

/** `size` usable entries in the real one's proportions; the first are the largest banks, as in the real list. */
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

/** Entries that cost only themselves. */
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
