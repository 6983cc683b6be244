/**
 * Amounts are integer kopecks everywhere. They become text only where they are shown or typed.
 */

/** Returns true for an amount that a payment may have: a positive integer of kopecks that JavaScript holds exactly. */
export function isKopecks(value: unknown): value is number {
  return Number.isSafeInteger(value) && (value as number) > 0;
}

/** `125000` → `1 250 ₽` (ru) or `₽1,250` (en). Uses no-break spaces, and shows kopecks only when they are not zero. */
export function formatMoney(kopecks: number, locale: string, currency = 'RUB'): string {
  return new Intl.NumberFormat(locale, {
    style: 'currency',
    currency,
    currencyDisplay: 'narrowSymbol',
    minimumFractionDigits: kopecks % 100 === 0 ? 0 : 2,
    maximumFractionDigits: 2,
  }).format(
    // A decimal string stays exact above 2^53 / 100, where `kopecks / 100` does not.
    kopecksToDecimal(kopecks) as `${number}`,
  );
}

/**
 * Parses a typed amount: `1 250,50 ₽` → `125050` kopecks. Accepts what `Intl` writes for the locale and a plain
 * `1250.50`. Returns `null` for anything else and never guesses.
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
