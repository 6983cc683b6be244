import type { Bank } from '../../../protocol/banks.ts';
import { otherLayout } from '../../keyboard-layout.ts';
import { spell, type Spelling } from './spelling.ts';

/** How well a bank fits: the smaller, the better. By what it is only called, half a step less. */
const EXACTLY = 0;
const BEGINS = 2;
const WORDS_BEGIN = 4;
const HOLDS = 6;
const NOT_AT_ALL = 8;
const BY_ALIAS = 1;

/** A shorter piece is in too many names to mean one. */
const SHORTEST_PIECE = 3;

/** Keys that are letters in the Russian layout only, next to a letter: the Latin one was on by mistake. */
const WRONG_KEYS = /[a-z][,.;'`[\]]|[,;'`[\]][a-z]/i;

export type BankSearch = (query: string) => readonly Bank[];

/** Spells the list once; every search of it is then a matter of comparing. */
export function createBankSearch(banks: readonly Bank[]): BankSearch {
  const known = banks.map(({ name, aliases }) => ({
    // «Озон Банк (Ozon)» is each of its two names as well.
    names: [name, ...name.split(/[()]/)].map(spell),
    aliases: aliases.map(spell),
  }));

  function find(query: string): { readonly found: readonly Bank[]; readonly best: number } {
    const wanted = spell(query);
    const byFit: Bank[][] = Array.from({ length: NOT_AT_ALL }, () => []);
    for (const [index, { names, aliases }] of known.entries()) {
      const byName = Math.min(...names.map((name) => fitOf(name, wanted)));
      const byAlias = Math.min(...aliases.map((alias) => fitOf(alias, wanted) + BY_ALIAS));
      byFit[Math.min(byName, byAlias)]?.push(banks[index]!);
    }
    const best = byFit.findIndex((fitting) => fitting.length > 0);
    return { found: byFit.flat(), best: best < 0 ? NOT_AT_ALL : best };
  }

  /** The best first, the list's own order among equals; the list itself when nothing in particular is asked for. */
  return (query) => {
    const asTyped = spell(query);
    const reread = otherLayout(query);
    const asMeant = spell(reread);
    const slip = WRONG_KEYS.test(query);
    if (!asTyped.core && !(slip && asMeant.core)) return banks;
    const readings = slip ? [reread, query] : [query, reread];
    let guess: readonly Bank[] = [];
    // The last is for «ВТБбанк»: nobody is called so, but the payer means somebody.
    for (const reading of [...readings, query.replace(/(?:банк|bank)\s*$/i, '')]) {
      const { found, best } = find(reading);
      if (best < HOLDS) return found;
      if (guess.length === 0) guess = found;
    }
    return guess;
  };
}

function fitOf(name: Spelling, wanted: Spelling): number {
  if (!wanted.core || !name.whole) return NOT_AT_ALL;
  if (name.core === wanted.core || name.whole === wanted.whole) return EXACTLY;
  if (name.core.startsWith(wanted.core) || name.whole.startsWith(wanted.whole)) return BEGINS;
  if (wanted.words.every((word) => name.words.some((known) => known.startsWith(word)))) return WORDS_BEGIN;
  return wanted.core.length >= SHORTEST_PIECE && name.whole.includes(wanted.core) ? HOLDS : NOT_AT_ALL;
}
