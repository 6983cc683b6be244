/** The element's built-in languages. */
export type Locale = 'ru' | 'en';

/** The texts of one part in each language. */
export type Dictionary<Texts extends object> = Readonly<Record<Locale, Texts>>;

/** A text that depends on a number, in the plural forms of its language (`Intl.PluralRules`). */
export type Forms = Readonly<Partial<Record<Intl.LDMLPluralRule, string>> & { other: string }>;
