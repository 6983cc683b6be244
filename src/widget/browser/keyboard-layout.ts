const RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ.,?';
const LATIN = 'qwertyuiop[]asdfghjkl;\'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~/?&';

/**
 * The keys that were pressed while the Russian layout was on, read by the Latin one. A text without a Cyrillic letter
 * was typed in the Latin layout and stays as it is.
 */
export function fromRussianLayout(text: string): string {
  return hasRussianLetters(text) ? reread(text, RUSSIAN, LATIN) : text;
}

/** What the payer sees and what they meant may be a layout apart: the same keys, read by the other one. */
export function otherLayout(text: string): string {
  return hasRussianLetters(text) ? fromRussianLayout(text) : reread(text, LATIN, RUSSIAN);
}

function hasRussianLetters(text: string): boolean {
  return /[а-яё]/i.test(text);
}

function reread(text: string, shown: string, meant: string): string {
  return text.replace(/./gu, (character) => meant[shown.indexOf(character)] ?? character);
}
