import { fill } from '../locales/messages.ts';
import type { OtherMethodsTexts } from '../locales/other-methods.ts';
import type { ActionPath } from '../session/types.ts';
import type { LastAction } from '../state/state.ts';

/**
 * What to tell a payer whose act came to nothing; each text has a way on. `own`: the words that this act has for an
 * HTTP status.
 */
export function setbackText(
  lastAction: LastAction | null,
  path: ActionPath,
  words: OtherMethodsTexts,
  own: Readonly<Record<number, string>> = {},
): string | null {
  if (lastAction?.path !== path || typeof lastAction.outcome === 'string') return null;
  const { outcome } = lastAction;
  if (outcome.kind === 'trouble') return words.trouble;
  if (outcome.httpStatus === 429) {
    const seconds = Math.ceil(outcome.pauseMs / 1_000);
    return seconds > 0 ? fill(words.tooOften, { seconds }) : words.tooOftenNow;
  }
  return own[outcome.httpStatus] ?? words.trouble;
}

export function isBusy(lastAction: LastAction | null, path: ActionPath): boolean {
  return lastAction?.path === path && lastAction.outcome === 'busy';
}
