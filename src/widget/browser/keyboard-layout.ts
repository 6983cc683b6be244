const RUSSIAN = 'йцукенгшщзхъфывапролджэячсмитьбюёЙЦУКЕНГШЩЗХЪФЫВАПРОЛДЖЭЯЧСМИТЬБЮЁ.,?';
const LATIN = 'qwertyuiop[]asdfghjkl;\'zxcvbnm,.`QWERTYUIOP{}ASDFGHJKL:"ZXCVBNM<>~/?&';

/**
 * Returns the text that the same keys give in the Latin layout. A text without a Cyrillic letter was typed in the Latin
 * layout and is returned unchanged.
 */
export function fromRussianLayout(text: string): string {
  return hasRussianLetters(text) ? reread(text, RUSSIAN, LATIN) : text;
}

/** Returns the text that the same keys give in the other layout, Russian or Latin. */
export function otherLayout(text: string): string {
  return hasRussianLetters(text) ? fromRussianLayout(text) : reread(text, LATIN, RUSSIAN);
}

function hasRussianLetters(text: string): boolean {
  return /[а-яё]/i.test(text);
}

function reread(text: string, shown: string, meant: string): string {
  return text.replace(/./gu, (character) => meant[shown.indexOf(character)] ?? character);
}
