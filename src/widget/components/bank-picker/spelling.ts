/**
 * One spelling for the Russian and the Latin way to write a name, by sound: «халва», "halva" and "khalva" come out the
 * same. Capitals stand for sounds that take two letters in Latin, so that «с» does not find what begins with «ш».
 */
const SOUNDS: Readonly<Record<string, string>> = {
  ...{ а: 'a', б: 'b', в: 'v', г: 'g', д: 'd', е: 'e', ж: 'Z', з: 'z', и: 'i', к: 'k', л: 'l', м: 'm' },
  ...{ н: 'n', о: 'o', п: 'p', р: 'r', с: 's', т: 't', у: 'u', ф: 'f', х: 'h', ц: 'Q', ч: 'C', ш: 'S' },
  ...{ щ: 'S', ъ: '', ы: 'i', ь: '', э: 'e', ю: 'yu', я: 'ya' },
};

const LATIN_SOUNDS: readonly (readonly [RegExp, string])[] = [
  [/shch|sch|sh/g, 'S'],
  [/ch/g, 'C'],
  [/zh/g, 'Z'],
  [/kh/g, 'h'],
  [/ph/g, 'f'],
  [/c(?=[eiy])|\bts(?=[aeiou])/g, 'Q'],
  [/ck|[cq]/g, 'k'],
  [/x/g, 'ks'],
  [/w/g, 'v'],
  [/j/g, 'y'],
  [/\By(?![aeou])/g, 'i'],
];

/** What a bank is by law tells one from another as little as the word itself. */
const LEGAL_FORMS = new Set(['bank', 'pao', 'ao', 'oao', 'zao', 'ooo', 'kb', 'ab', 'akb', 'nko', 'rnko']);

/** Latin letters, and the Cyrillic ones that look the same. */
const LATIN_LOOK = 'ABCEHKMOPTXYaceopxy';
const CYRILLIC_LOOK = 'АВСЕНКМОРТХУасеорху';

export interface Spelling {
  /** Run together, so that "альфабанк" is «Альфа-Банк». */
  readonly whole: string;
  /** The words but for legal forms. */
  readonly words: readonly string[];
  /** Those run together; empty when there are none. */
  readonly core: string;
}

/** Case, ё and е, accents, quotes, dashes and brackets make no difference to a person. */
export function spell(text: string): Spelling {
  // The decomposed й and ё lose their marks with the accents, which takes them for и and е.
  let sounds = text
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .replace(/[a-zа-я]+/gi, inOneAlphabet)
    .toLowerCase();
  for (const [letters, sound] of LATIN_SOUNDS) sounds = sounds.replace(letters, sound);
  const all = sounds
    .replace(/[а-я]/g, (letter) => SOUNDS[letter]!)
    .replace(/iy(?=[aeou])/g, 'i')
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);
  return phrase(all);
}

/** Of words that are spelled already. */
export function phrase(all: readonly string[]): Spelling {
  const words = all.filter((word) => !LEGAL_FORMS.has(word));
  return { whole: single(all.join('')), words: words.map(single), core: single(words.join('')) };
}

/** «Тинькоф» and «Россельхозбанк» with one с: doubled letters are not heard. At the beginning nobody doubles them: «зз». */
function single(word: string): string {
  return word.replace(/(.)(\D)\2+/g, '$1$2');
}

/** «Cбер» with a Latin C, as it comes out of a clipboard, or from a keyboard that was switched too late. */
function inOneAlphabet(word: string): string {
  if (!/[а-я]/i.test(word)) return word;
  return word.replace(/./g, (letter) => CYRILLIC_LOOK[LATIN_LOOK.indexOf(letter)] ?? letter);
}
