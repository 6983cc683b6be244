import type { Forms } from './dictionary.ts';
import type { AutoReturnTexts } from './auto-return.ts';
import type { BankTexts } from './banks.ts';
import type { BankAppTexts } from './bank-app.ts';
import type { CodeToolsTexts } from './code-tools.ts';
import type { OtherMethodsTexts } from './other-methods.ts';
import type { InAppTexts } from './in-app.ts';
import type { ScreenTexts } from './screens.ts';

/** A shop's replacements for the element's texts, by name, with the same `{places}`. */
export type OwnTexts = Partial<
  ScreenTexts & AutoReturnTexts & BankTexts & BankAppTexts & CodeToolsTexts & OtherMethodsTexts & InAppTexts
>;

/** A shop's own texts: at the top for every language, and under a language's tag (`kk`, `en`) for that language. */
export type Messages = OwnTexts & Readonly<Record<string, unknown>>;

/** Returns our texts with the shop's texts in their place. Ignores unknown names and values of another type. */
export function overlay<Texts extends object>(ours: Texts, own: unknown): Texts {
  if (typeof own !== 'object' || own === null) return ours;
  const texts = { ...ours } as Record<string, unknown>;
  for (const [name, text] of Object.entries(own)) {
    if (hasOwn(ours, name) && fits(texts[name], text)) texts[name] = text;
  }
  return texts as Texts;
}

/** `Object.hasOwn` is missing in Chrome 90 and Safari 15.0. */
function hasOwn(object: object, name: string): boolean {
  return Object.prototype.hasOwnProperty.call(object, name);
}

function fits(ours: unknown, own: unknown): boolean {
  if (typeof own === 'string') return !Array.isArray(ours);
  if (typeof ours !== 'object' || typeof own !== 'object' || !own) return false;
  const texts = Object.values(own);
  const whole = Array.isArray(ours) ? Array.isArray(own) && own.length === ours.length : 'other' in own;
  return whole && texts.every((text) => typeof text === 'string');
}

/** Replaces a text's `{places}` by the values. Leaves a place without a value unchanged. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) =>
    hasOwn(values, name) ? String(values[name]) : place,
  );
}

/** Returns the plural form for the number, with the number in its `{count}`. */
export function plural(forms: Forms | string, count: number, tag: string): string {
  const text =
    typeof forms === 'string' ? forms : (forms[new Intl.PluralRules(tag).select(count)] ?? forms.other);
  return fill(text, { count: new Intl.NumberFormat(tag).format(count) });
}
