export type PageLanguage = 'ru' | 'en';

/** Returns the first of our languages in `Accept-Language`; Russian when there is none. */
export function preferredLanguage(header: string | undefined): PageLanguage {
  for (const range of (header ?? '').slice(0, 200).split(',')) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === 'ru' || language === 'en') return language;
  }
  return 'ru';
}
