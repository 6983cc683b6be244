import type { Bank } from '../../../protocol/banks.ts';
import { otherLayout } from '../../browser/keyboard-layout.ts';
import { isOneLetterOff } from './one-typo.ts';
import { phrase, spell, type Spelling } from './spelling.ts';

/**
 * Ranks of a match, the best first. A match worse than `WORDS` counts only when no bank has a better one.
 *
 * - `WHOLE`: the query is a whole name. «втб», "VTB".
 * - `BEGINS`: a name begins with the query. «газпр».
 * - `WORDS`: each typed word begins a word of the name, in any order, also in brackets. «капитал объед».
 * - `HOLDS`: the query is a part of the name. «сельхоз».
 * - `TYPO`: each typed word is one letter off. «сбербнк», «тенькофф».
 */
const WHOLE = 0;
const BEGINS = 1;
const WORDS = 2;
const HOLDS = 3;
const TYPO = 4;
const NOT_AT_ALL = 5;

/** Order within a rank: banks that match by name and alias (the well-known ones), then by name, then by alias. */
const BY_BOTH = 0;
const BY_NAME = 1;
const BY_ALIAS = 2;
const BY_COUNT = 3;

/** A shorter part is in too many names. */
const SHORTEST_PART = 3;
/** Among other words, a shorter word must be a bank's whole name. */
const SHORTEST_WORD = 4;
/** Words of a long query that are tried in parts. */
const MOST_WORDS = 5;

/** Keys that are letters only in the Russian layout, next to a letter: the Latin layout was on by mistake. */
const WRONG_KEYS = /[a-z][,.;'`[\]]|[,;'`[\]][a-z]/i;

type Fit = (name: Spelling, wanted: Spelling) => number;

interface Found {
  readonly found: readonly Bank[];
  /** The rank of the best match. */
  readonly rank: number;
}

export type BankSearch = (query: string) => readonly Bank[];

/** Returns a search over the banks. Normalizes their names once. The search returns the best matches first, and the list itself for an empty query. */
export function createBankSearch(banks: readonly Bank[]): BankSearch {
  const known = banks.map(({ name, aliases }) => ({
    // «Озон Банк» is a whole name of «Озон Банк (Ozon)». The text in brackets is not: «(Россия)».
    names: [name, name.split('(')[0]!].map(spell),
    aliases: aliases.map(spell),
  }));

  /** Equal matches keep the list's order. */
  function find(wanted: Spelling, fit: Fit): Found {
    const byFit: Bank[][] = [...Array<unknown>(NOT_AT_ALL * BY_COUNT)].map(() => []);
    known.forEach(({ names, aliases }, index) => {
      const byName = bestOf(names, wanted, fit);
      const byAlias = bestOf(aliases, wanted, fit);
      const rank = Math.min(byName, byAlias);
      const by = byName > rank ? BY_ALIAS : byAlias > rank ? BY_NAME : BY_BOTH;
      byFit[rank * BY_COUNT + by]?.push(banks[index]!);
    });
    const best = byFit.findIndex((fitting) => fitting.length > 0);
    return { found: byFit.flat(), rank: best < 0 ? NOT_AT_ALL : Math.floor(best / BY_COUNT) };
  }

  /** One or two Russian letters are compared as letters, not by sound: «фы» is not «фи». */
  function findAsWritten(text: string): Found {
    const result = find(spell(text), fitOf);
    const [, letters] = /^\s*([а-яё]{1,2})\s*$/i.exec(text) ?? [];
    if (!letters) return result;
    const begun = new RegExp(`(?:^|[^а-яё])${letters.replace(/[её]/i, '[её]')}`, 'i');
    const found = result.found.filter(({ name, aliases }) => begun.test([name, ...aliases].join(' ')));
    return { found, rank: found.length > 0 ? result.rank : NOT_AT_ALL };
  }

  /**
   * For queries with an extra word, «сбербанк россии»: finds by the longest part of the query that a name begins with, from
   * the left. Falls back to the first part that is in a name: «карта» is in «Мобильная карта», but also a word that people
   * add to other banks' names.
   */
  function findByPart(query: string): readonly Bank[] {
    const typed = spell(query).words.slice(0, MOST_WORDS);
    const words = typed.filter((word) => partOf([word]).rank < NOT_AT_ALL);
    let guess: readonly Bank[] = [];
    for (let { length } = words; length > 0; length--) {
      for (let from = 0; from + length <= words.length; from++) {
        const { found, rank } = partOf(words.slice(from, from + length));
        if (rank === WORDS && guess.length === 0) guess = found;
        else if (rank !== WORDS && rank !== NOT_AT_ALL) return found;
      }
    }
    return guess;
  }

  function partOf(words: readonly string[]): Found {
    const part = phrase(words);
    const { found, rank } = find(part, fitOf);
    const isEnough = rank === WHOLE || (rank < HOLDS && part.core.length >= SHORTEST_WORD);
    return isEnough ? { found, rank } : find(part, typoOf);
  }

  /** Returns all banks, first those whose own name begins like the legal form: «Абсолют» begins with «аб». */
  function findByLegalForm({ whole }: Spelling): readonly Bank[] {
    const own = banks.filter((_, index) => known[index]!.names.some(({ core }) => core.startsWith(whole)));
    return own.length > 0 ? [...own, ...banks.filter((bank) => !own.includes(bank))] : banks;
  }

  return (query) => {
    const asTyped = spell(query);
    const other = otherLayout(query);
    // If a key is no letter in the other layout, that layout was not meant.
    const inOtherLayout = /^[\p{L}\p{N}\s-]+$/u.test(other) ? [other] : [];
    const wrongLayout = inOtherLayout.length > 0 && WRONG_KEYS.test(query);
    if (!asTyped.core && !(wrongLayout && spell(other).core)) {
      if (asTyped.whole) return findByLegalForm(asTyped);
      return /\p{L}/u.test(query) ? [] : banks;
    }
    const readings = wrongLayout ? [other, query] : [query, ...inOtherLayout];
    const results = readings.map(findAsWritten);
    // For «ВТБбанк», which is no bank's name.
    const unbanked = query.replace(/(?:банк|bank)\s*$/i, '');
    for (const { found, rank } of [...results, findAsWritten(unbanked)]) if (rank < HOLDS) return found;
    for (const { found } of results) if (found.length > 0) return found;
    for (const reading of [...readings, unbanked]) {
      const { found } = find(spell(reading), typoOf);
      if (found.length > 0) return found;
    }
    return readings.map(findByPart).find((found) => found.length > 0) ?? [];
  };
}

function bestOf(names: readonly Spelling[], wanted: Spelling, fit: Fit): number {
  let best = NOT_AT_ALL;
  for (const name of names) best = Math.min(best, fit(name, wanted));
  return best;
}

function fitOf(name: Spelling, wanted: Spelling): number {
  if (!wanted.core || !name.whole) return NOT_AT_ALL;
  if (name.core === wanted.core || name.whole === wanted.whole) return WHOLE;
  if (name.core.startsWith(wanted.core)) return BEGINS;
  const words = wanted.words.every((word) => name.words.some((known) => known.startsWith(word)));
  if (words || name.whole.startsWith(wanted.whole)) return WORDS;
  return wanted.core.length >= SHORTEST_PART && name.core.includes(wanted.core) ? HOLDS : NOT_AT_ALL;
}

function typoOf(name: Spelling, wanted: Spelling): number {
  const isTypo =
    isOneLetterOff(wanted.core, name.core) ||
    isOneLetterOff(wanted.whole, name.whole) ||
    (wanted.words.length > 1 &&
      wanted.words.every((word) =>
        name.words.some((known) => known.startsWith(word) || isOneLetterOff(word, known)),
      ));
  return isTypo ? TYPO : NOT_AT_ALL;
}
