const RUSSIAN = 'йцукенгшщзфывапролдячсмитьЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬЖюЮ.,?';
const ENGLISH = 'qwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZXCVBNM:.>/?&';

/**
 * What a scanner meant that types like a keyboard while the Russian layout is on: it presses the keys of the Latin
 * layout. The code's alphabet has no Cyrillic, so one letter of it tells that every key was pressed that way.
 */
export function fromRussianLayout(text: string): string {
  if (!/[а-яё]/i.test(text)) return text;
  return Array.from(text, (character) => ENGLISH[RUSSIAN.indexOf(character)] ?? character).join('');
}
