/** The languages that come with the element. */
export type Locale = 'ru' | 'en';

/** One part's words in each of them. */
export type Dictionary<Words extends object> = Readonly<Record<Locale, Words>>;

/** A text that depends on a number, in the plural forms that its language has (`Intl.PluralRules`). */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
