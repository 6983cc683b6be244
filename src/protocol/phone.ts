/**
 * Returns a Russian phone number in the form that providers expect, `7XXXXXXXXXX`, from any usual spelling
 * (`+7 999 000-11-22`, `8 (999) 000 11 22`, `9990001122`). Returns `null` for anything else.
 */
export function normalizePhone(text: string): string | null {
  if (!/^\+?[\d\s().\u00a0\u2010-\u2015-]{10,32}$/.test(text.trim())) return null;
  const digits = text.replace(/\D/g, '');
  if (digits.length === 10) return `7${digits}`;
  if (digits.length === 11 && /^[78]/.test(digits)) return `7${digits.slice(1)}`;
  return null;
}
