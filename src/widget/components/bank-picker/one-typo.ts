/** Shorter words are all one letter off each other. */
const SHORTEST = 4;
/** From here on the beginning of a word is enough: the payer is still typing. */
const ENOUGH = 6;

/** Whether one letter of `typed` is wrong, missing, too many, or has changed places with the next one. */
export function isOneLetterOff(typed: string, known: string): boolean {
  // «Инбанк» has only two letters that tell it from others.
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
