/**
 * Maps letters to sounds, so that Russian and Latin spellings of a name are equal: «халва», "halva" and "khalva". Capitals
 * stand for sounds that take two letters in Latin, so that «с» does not match «ш».
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

/** The word «bank» and legal forms, which do not distinguish banks. */
const LEGAL_FORMS = new Set(['bank', 'pao', 'ao', 'oao', 'zao', 'ooo', 'kb', 'ab', 'akb', 'nko', 'rnko']);

/** Latin letters, and the Cyrillic letters that look the same. */
const LATIN_LOOK = 'ABCEHKMOPTXYaceopxy';
const CYRILLIC_LOOK = 'АВСЕНКМОРТХУасеорху';

export interface Spelling {
  /** All words joined, so that "альфабанк" matches «Альфа-Банк». */
  readonly whole: string;
  /** The words without legal forms. */
  readonly words: readonly string[];
  /** `words` joined. Empty when there are none. */
  readonly core: string;
}

/** Normalizes a text for comparing. Ignores case, ё/е, accents, quotes, dashes and brackets. */
export function spell(text: string): Spelling {
  // NFKD splits й and ё. Removing the marks turns them into и and е.
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

/** Makes a spelling of words that are normalized already. */
export function phrase(all: readonly string[]): Spelling {
  const words = all.filter((word) => !LEGAL_FORMS.has(word));
  return { whole: single(all.join('')), words: words.map(single), core: single(words.join('')) };
}

/** Makes double letters single, as in «Тинькоф», except at the beginning of a word: «зз». */
function single(word: string): string {
  return word.replace(/(.)(\D)\2+/g, '$1$2');
}

/** Makes «Cбер» with a Latin C all Cyrillic. Such words come from a clipboard, or from a layout that was switched too late. */
function inOneAlphabet(word: string): string {
  if (!/[а-я]/i.test(word)) return word;
  return word.replace(/./g, (letter) => CYRILLIC_LOOK[LATIN_LOOK.indexOf(letter)] ?? letter);
}
