import type { Forms } from './dictionary.ts';
import type { AutoReturnTexts } from './auto-return.ts';
import type { BankTexts } from './banks.ts';
import type { BankAppTexts } from './bank-app.ts';
import type { CodeToolsTexts } from './code-tools.ts';
import type { OtherMethodsTexts } from './other-methods.ts';
import type { InAppTexts } from './in-app.ts';
import type { ScreenTexts } from './screens.ts';

/** Some of the element's texts in a shop's own words: by name, with the same `{places}` as ours. */
export type OwnTexts = Partial<
  ScreenTexts & AutoReturnTexts & BankTexts & BankAppTexts & CodeToolsTexts & OtherMethodsTexts & InAppTexts
>;

/** A shop's own texts: for whatever language is spoken, and under a language's tag (`kk`, `en`) for that one alone. */
export type Messages = OwnTexts & Readonly<Record<string, unknown>>;

/** Our words with the shop's in their place, as far as those are of the same kind. */
export function overlay<Words extends object>(ours: Words, own: unknown): Words {
  if (typeof own !== 'object' || own === null) return ours;
  const words = { ...ours } as Record<string, unknown>;
  for (const [name, text] of Object.entries(own)) {
    if (hasOwn(ours, name) && fits(words[name], text)) words[name] = text;
  }
  return words as Words;
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

/** Puts the values into a text's `{places}`. */
export function fill(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) =>
    hasOwn(values, name) ? String(values[name]) : place,
  );
}

/** The form of the text that goes with this number, with the number in its `{count}`. */
export function plural(forms: Forms | string, count: number, tag: string): string {
  const text =
    typeof forms === 'string' ? forms : (forms[new Intl.PluralRules(tag).select(count)] ?? forms.other);
  return fill(text, { count: new Intl.NumberFormat(tag).format(count) });
}
