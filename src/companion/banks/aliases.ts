import { FORMER_NAMES } from './former-names.ts';
import type { ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';

/**
 * Names that people use for the well-known banks besides the one in NSPK's list: everyday names, abbreviations, Latin
 * spellings, and products that are better known than their bank. Lower case, by scheme id. The widget compares names by
 * sound and tolerates one wrong letter, so such spellings are not listed. Former names are in former-names.ts.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  bank100000000111: ['сбер', 'сбербанк онлайн', 'сбер онлайн', 'sber', 'sberbank', 'sberpay', 'сберпэй'],
  bank100000000004: ['т-банк', 'тбанк', 't-bank', 'tbank'],
  bank110000000005: ['втб', 'vtb', 'втб онлайн'],
  bank100000000008: ['альфа', 'альфа-банк', 'alfa', 'alfa-bank', 'alfabank'],
  bank100000000007: ['райф', 'райффайзен', 'raif', 'raiffeisen', 'raiffeisenbank'],
  bank100000000001: ['гпб', 'газпром', 'gpb', 'gazprombank', 'gazprom'],
  bank100000000010: ['псб', 'psb'],
  bank100000000013: ['совком', 'халва', 'sovcom', 'sovcombank', 'halva'],
  bank100000000020: ['рсхб', 'россельхоз', 'rshb', 'rosselkhozbank'],
  bank100000000025: ['мкб', 'кредитный банк москвы', 'mkb', 'cbm'],
  bank100000000030: ['юникредит', 'unicredit'],
  bank100000000082: ['дом рф', 'домрф', 'dom.rf', 'domrf'],
  bank100000000017: ['мтс', 'mts', 'mts bank'],
  bank100000000006: ['акбарс', 'ак барс', 'akbars', 'ak bars'],
  bank100000000022: ['юмани', 'yoomoney', 'юmoney'],
  bank100000000029: ['бспб', 'спб', 'питер', 'bspb', 'bank saint petersburg'],
  bank100000000016: ['почта', 'почта россии', 'pochta', 'pochta bank', 'post bank'],
  bank100000000014: ['русский стандарт', 'рсб', 'rsb', 'russian standard'],
  bank100000000018: ['отп', 'otp', 'otp bank'],
  bank100000000026: ['уралсиб', 'uralsib'],
  bank100000000031: ['убрир', 'ubrir', 'ubrr', 'уральский банк реконструкции и развития'],
  bank100000000032: ['ренессанс', 'renaissance', 'rencredit'],
  bank100000000150: ['яндекс', 'яндекс пэй', 'яндекс банк', 'yandex', 'yandex pay', 'yandex bank'],
  bank100000000273: ['озон', 'ozon', 'ozon bank'],
  bank100000000259: ['вб', 'вайлдберриз', 'wb', 'wb bank', 'wildberries'],
  bank100000000284: ['точка', 'tochka'],
  bank100000000099: ['модуль', 'modulbank'],
  bank100000000041: ['бкс', 'bcs'],
  bank100000000289: ['мтс деньги', 'экси банк', 'mts money'],
  // Its shareholder and largest customer: https://www.acra-ratings.ru/press-releases/300
  bank100000000049: ['роснефть', 'всероссийский банк развития регионов'],
  // Its shareholder, whose name it had: see former-names.ts.
  bank100000000078: ['инго', 'ингосстрах'],
  // Its brand for enterprises: https://delo.ru
  bank100000000003: ['дело банк', 'делобанк', 'delobank'],
  // The bank runs this service: https://1cupis.ru
  bank100000000271: ['цупис', '1цупис', 'cupis'],
  // The name of its Android app: com.bifit.dvbank
  bank100000000083: ['двб'],
};

/** Lists without schemes still contain the names of the largest banks. */
const SCHEMES = new Map(BANK_SNAPSHOT.map(({ name, id }) => [name.toLowerCase(), id]));

/**
 * Returns a bank's other names. Without a scheme, only the largest banks are recognised, by their names. Every bank of
 * three or more words has its initials as well.
 */
export function aliasesOf({ scheme, name }: Pick<ListedBank, 'scheme' | 'name'>): readonly string[] {
  const known = scheme ?? SCHEMES.get(name.toLowerCase());
  const names = known === undefined ? [] : [...(ALIASES[known] ?? []), ...(FORMER_NAMES[known] ?? [])];
  const initials = initialsOf(name);
  return initials === null || names.includes(initials) ? names : [...names, initials];
}

const LEGAL_FORMS = /^(?:пао|ао|оао|зао|ооо|кб|аб|акб|аикб|укб|скб|нко|рнко|пнко)$/;

/**
 * Customers call «Азиатско-Тихоокеанский Банк» «атб». `null` for fewer than three words: two letters fit too many
 * banks.
 */
function initialsOf(name: string): string | null {
  const [outside = ''] = name.toLowerCase().split('(');
  const parts = outside.split(/[^\p{L}\p{N}]+/u).filter((word) => word && !LEGAL_FORMS.test(word));
  return parts.length >= 3 ? parts.map((word) => word[0]).join('') : null;
}
