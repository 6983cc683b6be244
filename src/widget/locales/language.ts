import type { Dictionary, Locale } from './dictionary.ts';
import { overlay, type Messages } from './messages.ts';

/** Languages that are written from right to left. */
const RIGHT_TO_LEFT = /^(?:ar|dv|fa|he|ku|ps|sd|ug|ur|yi)$/;

/** The language that the element speaks, with the shop's own texts in place of ours. */
export interface Language {
  /** For `lang` and `Intl`: `ru`. */
  readonly tag: string;
  /** How it is written, whatever the page around it is. */
  readonly direction: 'ltr' | 'rtl';
  words<Words extends object>(dictionary: Dictionary<Words>): Words;
}

/**
 * The first of the wishes that can be spoken (`en-GB` asks for `en`), else Russian: by the element itself, or in the
 * shop's texts. A language of the shop's is Russian where the shop has left a text out.
 */
export function chooseLanguage(
  wishes: readonly (string | null | undefined)[],
  messages: Messages | null,
): Language {
  const tag =
    wishes.map(languageOf).find((wish) => wish && (isOurs(wish) || isObject(messages?.[wish]))) ?? 'ru';
  const spoken = new Map<object, object>();
  return {
    tag,
    direction: RIGHT_TO_LEFT.test(tag) ? 'rtl' : 'ltr',
    words<Words extends object>(dictionary: Dictionary<Words>): Words {
      const known = spoken.get(dictionary) as Words | undefined;
      if (known) return known;
      const ours = dictionary[isOurs(tag) ? tag : 'ru'];
      const words = overlay(overlay(ours, messages), messages?.[tag]);
      spoken.set(dictionary, words);
      return words;
    },
  };
}

/** `en` of `en-GB` and of `en_US`, which servers write; `null` of what is no language at all. */
function languageOf(wish: string | null | undefined): string | null {
  return /^[a-z]{2,3}(?![^-_])/.exec(wish?.toLowerCase() ?? '')?.[0] ?? null;
}

function isOurs(tag: string): tag is Locale {
  return tag === 'ru' || tag === 'en';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
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
