/**
 * Money is an integer number of kopecks everywhere; text exists only at the glass.
 */

/** An amount a payment may have: a whole, positive number of kopecks that JavaScript holds exactly. */
export function isKopecks(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** `125000` → `1 250 ₽` (ru) or `₽1,250` (en), kopecks only when there are any, with no-break spaces. */
export function formatMoney(kopecks: number, locale: string, currency = 'RUB'): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: kopecks % 100 === 0 ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(
    // A decimal string, not `kopecks / 100`: exact above 2^53 / 100 as well.
    kopecksToDecimal(kopecks) as `${number}`,
  );
}

/**
 * The inverse, for a typed amount: `1 250,50 ₽` → `125050`. Accepts what `Intl` writes for the locale and
 * a plain `1250.50`; answers `null` for anything else, never a guess.
 */
export function parseMoney(text: string, locale: string): number | null {
  const parts = new Intl.NumberFormat(locale).formatToParts(12345.6);
  const group = parts.find((part) => part.type === 'group')?.value ?? '';
  const decimal = parts.find((part) => part.type === 'decimal')?.value ?? '.';
  const plain = text
    .replace(/[\s\u00a0\u202f₽]/g, '')
    .replaceAll(/\s/.test(group) ? ' ' : group, '')
    .replace(decimal, '.');
  const match = /^(\d{1,15})(?:\.(\d{1,2}))?$/.exec(plain);
  if (!match) return null;
  const kopecks = Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
  return isKopecks(kopecks) ? kopecks : null;
}

function kopecksToDecimal(kopecks: number): string {
  const digits = String(Math.abs(kopecks)).padStart(3, '0');
  return `${kopecks < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`;
}
