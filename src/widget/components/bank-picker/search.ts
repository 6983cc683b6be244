import type { Bank } from '../../../protocol/banks.ts';
import { otherLayout } from '../../browser/keyboard-layout.ts';
import { isOneLetterOff } from './one-typo.ts';
import { phrase, spell, type Spelling } from './spelling.ts';

/**
 * How well a bank fits, the best first. Nothing below `WORDS` is looked for while a step above it finds a bank.
 *
 * - `WHOLE`: all of one of its names. «втб», "VTB".
 * - `BEGINS`: the beginning of one. «газпр».
 * - `WORDS`: each typed word begins one of its words, in any order, also in brackets. «капитал объед».
 * - `HOLDS`: a piece out of the middle. «сельхоз».
 * - `SLIP`: each typed word is one letter off. «сбербнк», «тенькофф».
 */
const WHOLE = 0;
const BEGINS = 1;
const WORDS = 2;
const HOLDS = 3;
const SLIP = 4;
const NOT_AT_ALL = 5;

/** Within a step: first the well-known banks, which fit by their name and by an alias, then by the name, then by an alias. */
const BY_BOTH = 0;
const BY_NAME = 1;
const BY_ALIAS = 2;
const WAYS = 3;

/** A shorter piece is in too many names to mean one. */
const SHORTEST_PIECE = 3;
/** Beside words that mean nothing, a shorter word has to be all of a bank's name. */
const SHORTEST_WORD = 4;
/** Of a query that has a word too many. */
const MOST_WORDS = 5;

/** Keys that are letters in the Russian layout only, next to a letter: the Latin one was on by mistake. */
const WRONG_KEYS = /[a-z][,.;'`[\]]|[,;'`[\]][a-z]/i;

type Fit = (name: Spelling, wanted: Spelling) => number;

interface Found {
  readonly found: readonly Bank[];
  /** The best one's. */
  readonly step: number;
}

export type BankSearch = (query: string) => readonly Bank[];

/** Spells the list once; every search of it is then a matter of comparing. */
export function createBankSearch(banks: readonly Bank[]): BankSearch {
  const known = banks.map(({ name, aliases }) => ({
    // «Озон Банк» is all of the name of «Озон Банк (Ozon)». What stands in brackets is not: «(Россия)».
    names: [name, name.split('(')[0]!].map(spell),
    aliases: aliases.map(spell),
  }));

  /** The list's own order among equals. */
  function find(wanted: Spelling, fit: Fit): Found {
    const byFit: Bank[][] = [...Array<unknown>(NOT_AT_ALL * WAYS)].map(() => []);
    known.forEach(({ names, aliases }, index) => {
      const byName = bestOf(names, wanted, fit);
      const byAlias = bestOf(aliases, wanted, fit);
      const step = Math.min(byName, byAlias);
      const way = byName > step ? BY_ALIAS : byAlias > step ? BY_NAME : BY_BOTH;
      byFit[step * WAYS + way]?.push(banks[index]!);
    });
    const best = byFit.findIndex((fitting) => fitting.length > 0);
    return { found: byFit.flat(), step: best < 0 ? NOT_AT_ALL : Math.floor(best / WAYS) };
  }

  /** One or two Russian letters mean these letters, not their sound: «фы» is no «фи». */
  function findAsWritten(text: string): Found {
    const result = find(spell(text), fitOf);
    const [, letters] = /^\s*([а-яё]{1,2})\s*$/i.exec(text) ?? [];
    if (!letters) return result;
    const begun = new RegExp(`(?:^|[^а-яё])${letters.replace(/[её]/i, '[её]')}`, 'i');
    const found = result.found.filter(({ name, aliases }) => begun.test([name, ...aliases].join(' ')));
    return { found, step: found.length > 0 ? result.step : NOT_AT_ALL };
  }

  /**
   * For a word too many, «сбербанк россии»: the longest part of the query that a name begins with, from the left; else
   * the first one that is at least in a name: «карта» is in «Мобильная карта», and beside most other banks.
   */
  function findByPart(query: string): readonly Bank[] {
    const typed = spell(query).words.slice(0, MOST_WORDS);
    const words = typed.filter((word) => partOf([word]).step < NOT_AT_ALL);
    let guess: readonly Bank[] = [];
    for (let { length } = words; length > 0; length--) {
      for (let from = 0; from + length <= words.length; from++) {
        const { found, step } = partOf(words.slice(from, from + length));
        if (step === WORDS && guess.length === 0) guess = found;
        else if (step !== WORDS && step !== NOT_AT_ALL) return found;
      }
    }
    return guess;
  }

  function partOf(words: readonly string[]): Found {
    const part = phrase(words);
    const { found, step } = find(part, fitOf);
    const isEnough = step === WHOLE || (step < HOLDS && part.core.length >= SHORTEST_WORD);
    return isEnough ? { found, step } : find(part, slipOf);
  }

  /** All banks, those in front whose own name begins so: «аб» is how «Абсолют» begins. */
  function findByLegalForm({ whole }: Spelling): readonly Bank[] {
    const own = banks.filter((_, index) => known[index]!.names.some(({ core }) => core.startsWith(whole)));
    return own.length > 0 ? [...own, ...banks.filter((bank) => !own.includes(bank))] : banks;
  }

  /** The best first; the list itself when nothing in particular is asked for. */
  return (query) => {
    const asTyped = spell(query);
    const other = otherLayout(query);
    // Where a key is no letter in the other layout, that layout was not meant.
    const reread = /^[\p{L}\p{N}\s-]+$/u.test(other) ? [other] : [];
    const slip = reread.length > 0 && WRONG_KEYS.test(query);
    if (!asTyped.core && !(slip && spell(other).core)) {
      if (asTyped.whole) return findByLegalForm(asTyped);
      return /\p{L}/u.test(query) ? [] : banks;
    }
    const readings = slip ? [other, query] : [query, ...reread];
    const results = readings.map(findAsWritten);
    // For «ВТБбанк»: nobody is called so, but the payer means somebody.
    const unbanked = query.replace(/(?:банк|bank)\s*$/i, '');
    for (const { found, step } of [...results, findAsWritten(unbanked)]) if (step < HOLDS) return found;
    for (const { found } of results) if (found.length > 0) return found;
    for (const reading of [...readings, unbanked]) {
      const { found } = find(spell(reading), slipOf);
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
  return wanted.core.length >= SHORTEST_PIECE && name.core.includes(wanted.core) ? HOLDS : NOT_AT_ALL;
}

function slipOf(name: Spelling, wanted: Spelling): number {
  const slipped =
    isOneLetterOff(wanted.core, name.core) ||
    isOneLetterOff(wanted.whole, name.whole) ||
    (wanted.words.length > 1 &&
      wanted.words.every((word) =>
        name.words.some((known) => known.startsWith(word) || isOneLetterOff(word, known)),
      ));
  return slipped ? SLIP : NOT_AT_ALL;
}
