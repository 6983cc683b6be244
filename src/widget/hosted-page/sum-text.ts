/** Returns `1 250,50 ₽` (ru) or `₽1,250.50` (en) for `125050`: the format of protocol/money.ts, without `Intl`. */
export function sumText(kopecks: number, language: 'ru' | 'en'): string {
  const isRussian = language === 'ru';
  const digits = String(kopecks);
  const whole = digits.slice(0, -2) || '0';
  const part = `0${digits}`.slice(-2);
  const grouped = whole.replace(/\B(?=(?:\d{3})+$)/g, isRussian ? '\u00a0' : ',');
  const sum = part === '00' ? grouped : grouped + (isRussian ? ',' : '.') + part;
  return isRussian ? `${sum}\u00a0₽` : `₽${sum}`;
}
