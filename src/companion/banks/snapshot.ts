import type { ListedBank } from './parse-list.ts';

/**
 * The largest banks of NSPK's public list (`https://qr.nspk.ru/proxyapp/c2bmembers.json`) in its order: used while the
 * list has never been downloaded. Without package names: apps get renamed, and an old name would lead the payer past an
 * app that answers the scheme.
 */
export const BANK_SNAPSHOT: readonly ListedBank[] = [
  listed('bank100000000111', 'Сбербанк'),
  listed('bank100000000004', 'Т-Банк'),
  // The only bank whose logo is filed under another id than its scheme.
  listed('bank110000000005', 'Банк ВТБ', 'bank100000000005'),
  listed('bank100000000008', 'Альфа-Банк'),
  listed('bank100000000007', 'Райффайзенбанк'),
  listed('bank100000000001', 'Газпромбанк'),
  listed('bank100000000010', 'Банк ПСБ'),
  listed('bank100000000013', 'Совкомбанк'),
  listed('bank100000000020', 'Россельхозбанк'),
  listed('bank100000000025', 'Московский кредитный банк'),
  listed('bank100000000030', 'ЮниКредит Банк'),
  listed('bank100000000082', 'Банк ДОМ.РФ'),
  listed('bank100000000017', 'МТС-Банк'),
  listed('bank100000000006', 'Ак Барс Банк'),
  listed('bank100000000022', 'ЮМани'),
  listed('bank100000000029', 'Банк Санкт-Петербург'),
  listed('bank100000000016', 'Почта Банк'),
  listed('bank100000000026', 'Банк Уралсиб'),
  listed('bank100000000018', 'ОТП Банк'),
  listed('bank100000000150', 'Яндекс'),
  listed('bank100000000273', 'Озон Банк (Ozon)'),
  listed('bank100000000259', 'Вайлдберриз Банк'),
];

function listed(id: string, name: string, logoId = id): ListedBank {
  return {
    id,
    scheme: id,
    name,
    logoUrl: `https://qr.nspk.ru/proxyapp/logo/${logoId}.png`,
    packageName: null,
    webUrl: null,
    template: null,
  };
}
