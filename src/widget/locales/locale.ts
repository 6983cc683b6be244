import { en } from './en.ts';
import { ru } from './ru.ts';
import type { Texts } from './texts.ts';

const LOCALES = { ru, en };
export type Locale = keyof typeof LOCALES;

/** The first of the wishes that is spoken here (`en-GB` asks for `en`), else Russian. */
export function chooseLocale(...wishes: readonly (string | null | undefined)[]): Locale {
  for (const wish of wishes) {
    const language = wish?.toLowerCase().split('-')[0];
    if (language === 'ru' || language === 'en') return language;
  }
  return 'ru';
}

export function textsOf(locale: Locale): Texts {
  return LOCALES[locale];
}

/** The language of the page around the element, through every shadow root. */
export function nearestLang(element: Element): string | null {
  for (let node: Node | null = element; node;) {
    const found: Element | null = node instanceof Element ? node.closest('[lang]') : null;
    if (found) return found.getAttribute('lang');
    const root: Node = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}
