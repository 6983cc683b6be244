import { fill } from '../locales/messages.ts';
import type { OtherMethodsTexts } from '../locales/other-methods.ts';
import type { ActionPath } from '../session/types.ts';
import type { LastAction } from '../state/state.ts';

/**
 * What to tell a payer whose act came to nothing; each text has a way on. `own`: the texts that this act has for an
 * HTTP status.
 */
export function errorText(
  lastAction: LastAction | null,
  path: ActionPath,
  texts: OtherMethodsTexts,
  textsByStatus: Readonly<Record<number, string>> = {},
): string | null {
  if (lastAction?.path !== path || typeof lastAction.outcome === 'string') return null;
  const { outcome } = lastAction;
  if (outcome.kind === 'trouble') return texts.trouble;
  if (outcome.httpStatus === 429) {
    const seconds = Math.ceil(outcome.pauseMs / 1_000);
    return seconds > 0 ? fill(texts.tooOften, { seconds }) : texts.tooOftenNow;
  }
  return textsByStatus[outcome.httpStatus] ?? texts.trouble;
}

export function isBusy(lastAction: LastAction | null, path: ActionPath): boolean {
  return lastAction?.path === path && lastAction.outcome === 'busy';
}
