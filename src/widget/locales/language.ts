import type { Dictionary, Locale } from './dictionary.ts';
import { overlay, type Messages } from './messages.ts';

/** Right-to-left languages. */
const RIGHT_TO_LEFT = /^(?:ar|dv|fa|he|ku|ps|sd|ug|ur|yi)$/;

/** The element's language, with the shop's texts in place of ours. */
export interface Language {
  /** The tag for `lang` and `Intl`: `ru`. */
  readonly tag: string;
  /** The direction of writing, independent of the page. */
  readonly direction: 'ltr' | 'rtl';
  /** Returns the texts of one part. */
  texts<Texts extends object>(dictionary: Dictionary<Texts>): Texts;
}

/**
 * Returns the first wished language that the element or the shop's texts have (`en-GB` asks for `en`). Defaults to Russian.
 * Russian also fills the gaps of a language that only the shop has.
 */
export function chooseLanguage(
  wishes: readonly (string | null | undefined)[],
  messages: Messages | null,
): Language {
  const tag =
    wishes.map(languageOf).find((wish) => wish && (isOurs(wish) || isObject(messages?.[wish]))) ?? 'ru';
  const merged = new Map<object, object>();
  return {
    tag,
    direction: RIGHT_TO_LEFT.test(tag) ? 'rtl' : 'ltr',
    texts<Texts extends object>(dictionary: Dictionary<Texts>): Texts {
      const known = merged.get(dictionary) as Texts | undefined;
      if (known) return known;
      const ours = dictionary[isOurs(tag) ? tag : 'ru'];
      const texts = overlay(overlay(ours, messages), messages?.[tag]);
      merged.set(dictionary, texts);
      return texts;
    },
  };
}

/** Returns `en` for `en-GB`, and for `en_US`, which some servers write. Returns `null` for a text that is no language tag. */
function languageOf(wish: string | null | undefined): string | null {
  return /^[a-z]{2,3}(?![^-_])/.exec(wish?.toLowerCase() ?? '')?.[0] ?? null;
}

function isOurs(tag: string): tag is Locale {
  return tag === 'ru' || tag === 'en';
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}

/** Returns the nearest `lang` around the element, through every shadow root. Returns `null` when there is none. */
export function nearestLang(element: Element): string | null {
  for (let node: Node | null = element; node;) {
    const found: Element | null = node instanceof Element ? node.closest('[lang]') : null;
    if (found) return found.getAttribute('lang');
    const root: Node = node.getRootNode();
    node = root instanceof ShadowRoot ? root.host : null;
  }
  return null;
}
