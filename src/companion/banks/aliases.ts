import type { ListedBank } from './parse-list.ts';
import { BANK_SNAPSHOT } from './snapshot.ts';

/**
 * What people call the well-known banks besides the name in NSPK's list: everyday names, abbreviations, Latin
 * spellings, names before a rebranding, and products better known than their bank. Lower case, by scheme id.
 */
const ALIASES: Readonly<Record<string, readonly string[]>> = {
  bank100000000111: ['сбер', 'сбербанк онлайн', 'sber', 'sberbank'],
  bank100000000004: ['тинькофф', 'т-банк', 'тбанк', 'tinkoff', 't-bank', 'tbank'],
  bank110000000005: ['втб', 'vtb', 'втб24'],
  bank100000000008: ['альфа', 'альфа-банк', 'alfa', 'alfa-bank', 'alfabank'],
  bank100000000007: ['райф', 'райффайзен', 'raif', 'raiffeisen', 'raiffeisenbank'],
  bank100000000001: ['гпб', 'газпром', 'gpb', 'gazprombank', 'gazprom'],
  bank100000000010: ['псб', 'промсвязьбанк', 'psb', 'promsvyazbank'],
  bank100000000013: ['совком', 'халва', 'sovcom', 'sovcombank', 'halva'],
  bank100000000020: ['рсхб', 'россельхоз', 'rshb', 'rosselkhozbank'],
  bank100000000025: ['мкб', 'кредитный банк москвы', 'mkb', 'cbm'],
  bank100000000030: ['юникредит', 'unicredit'],
  bank100000000082: ['дом рф', 'домрф', 'dom.rf', 'domrf'],
  bank100000000017: ['мтс', 'mts', 'mts bank'],
  bank100000000006: ['акбарс', 'ак барс', 'akbars', 'ak bars'],
  bank100000000022: ['юмани', 'яндекс деньги', 'yoomoney', 'юmoney', 'yandex money'],
  bank100000000029: ['бспб', 'питер', 'bspb', 'bank saint petersburg'],
  bank100000000016: ['почта', 'pochta', 'pochta bank', 'post bank'],
  bank100000000014: ['русский стандарт', 'rsb', 'russian standard'],
  bank100000000018: ['отп', 'otp', 'otp bank'],
  bank100000000026: ['уралсиб', 'uralsib'],
  bank100000000031: ['убрир', 'ubrir', 'уральский банк реконструкции'],
  bank100000000032: ['ренессанс', 'renaissance', 'rencredit'],
  bank100000000150: ['яндекс', 'яндекс пэй', 'яндекс банк', 'yandex', 'yandex pay', 'yandex bank'],
  bank100000000273: ['озон', 'ozon', 'ozon bank'],
  bank100000000259: ['вб', 'вайлдберриз', 'wb', 'wb bank', 'wildberries'],
  bank100000000284: ['точка', 'tochka'],
  bank100000000099: ['модуль', 'modulbank'],
  bank100000000041: ['бкс', 'bcs'],
  bank100000000289: ['мтс деньги', 'экси банк', 'mts money'],
};

/** Lists without schemes still call the largest banks by their names. */
const SCHEMES = new Map(BANK_SNAPSHOT.map(({ name, id }) => [name.toLowerCase(), id]));

const NONE: readonly string[] = [];

export function aliasesOf({ scheme, name }: Pick<ListedBank, 'scheme' | 'name'>): readonly string[] {
  const known = scheme ?? SCHEMES.get(name.toLowerCase());
  return (known === undefined ? undefined : ALIASES[known]) ?? NONE;
}
