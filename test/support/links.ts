import fc from 'fast-check';

/** Published payment links: with a correct checksum, with a wrong one, static, and without parameters. */
export const PUBLISHED_LINKS = {
  dynamic:
    'https://qr.nspk.ru/AD10001RQ10OT70E8LEOT61G16J41I09?type=02&bank=100000000111&sum=1400&cur=RUB&crc=62E3',
  dynamicSecond:
    'https://qr.nspk.ru/BD10003PNOIEHROP87BQ88PETSL1UAOE?type=02&bank=100000000004&sum=12300&cur=RUB&crc=A72B',
  static: 'https://qr.nspk.ru/AS100001ORTF4GAF80KPJ53K186D9A3G?type=01&bank=100000000007&crc=0C8A',
  wrongCrc:
    'https://qr.nspk.ru/AD10006L6KIM6I7784A993TVF4QJ9JCE?type=02&bank=100000000017&sum=100000&cur=RUB&crc=0953',
  bare: 'https://qr.nspk.ru/BS10000LE9UMVMG79SARVEE105HKATPO',
} as const;

const id = fc.string({
  unit: fc.constantFrom(...Array.from('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ')),
  minLength: 32,
  maxLength: 32,
});
const query = fc.string({
  unit: fc.constantFrom(...Array.from('abcXYZ0189=&%+-._~;,/?:@!$()*')),
  maxLength: 60,
});

/** Generates links in NSPK's form, with any query that a provider may produce. */
export const anyPaymentLink = fc
  .tuple(id, fc.option(query, { nil: null }))
  .map(([code, tail]) => `https://qr.nspk.ru/${code}${tail === null ? '' : `?${tail}`}`);

export const anyBankScheme = fc
  .string({ unit: fc.constantFrom(...Array.from('0123456789')), minLength: 12, maxLength: 12 })
  .map((digits) => `bank${digits}`);
