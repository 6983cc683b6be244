export type PageLanguage = 'ru' | 'en';

/** The first of our languages that `Accept-Language` names; Russian when it names neither. */
export function preferredLanguage(header: string | undefined): PageLanguage {
  for (const range of (header ?? '').slice(0, 200).split(',')) {
    const language = range.trim().slice(0, 2).toLowerCase();
    if (language === 'ru' || language === 'en') return language;
  }
  return 'ru';
}
