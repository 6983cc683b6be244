import type { Bank } from '../../protocol/banks.ts';

/** Case, ё and е, quotes, dashes and brackets make no difference to a person. */
export function fold(text: string): string {
  return text
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Banks whose name or one of whose aliases holds every word of the query, in the list's order. */
export function searchBanks(banks: readonly Bank[], query: string): readonly Bank[] {
  const words = fold(query).split(' ');
  const joined = words.join('');
  if (!joined) return banks;
  return banks.filter(({ name, aliases }) =>
    [name, ...aliases].map(fold).some((known) => {
      // "альфабанк" and "т банк" find «Альфа-Банк» and «Т-Банк» as well.
      return words.every((word) => known.includes(word)) || known.replaceAll(' ', '').includes(joined);
    }),
  );
}
