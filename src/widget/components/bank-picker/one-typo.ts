/** Shorter words differ from each other by one letter anyway. */
const SHORTEST = 4;
/** From this length the beginning of a word is enough, because the payer is still typing. */
const ENOUGH = 6;

/** Returns true if one letter of `typed` is wrong, missing, extra, or swapped with the next one. */
export function isOneLetterOff(typed: string, known: string): boolean {
  // «Инбанк» has only two letters that distinguish it.
  const telling = known.length - (known.endsWith('bank') ? 4 : 0);
  if (typed.length < SHORTEST || telling < SHORTEST || known.length < typed.length - 1) return false;
  let at = 0;
  while (at < typed.length && typed[at] === known[at]) at++;
  const goesOn = (here: number, there: number): boolean =>
    (typed.length >= ENOUGH || typed.length - here === known.length - there) &&
    known.startsWith(typed.slice(here), there);
  return (
    goesOn(at + 1, at + 1) ||
    goesOn(at, at + 1) ||
    goesOn(at + 1, at) ||
    (typed[at] === known[at + 1] && typed[at + 1] === known[at] && goesOn(at + 2, at + 2))
  );
}
