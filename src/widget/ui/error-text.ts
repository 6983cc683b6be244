import { fill } from '../locales/messages.ts';
import type { OtherMethodsTexts } from '../locales/other-methods.ts';
import type { ActionPath } from '../session/types.ts';
import type { LastAction } from '../state/state.ts';

/**
 * Returns the text for a failed action on `path`, which says how to go on. `textsByStatus` holds this action's texts for
 * single HTTP statuses. Returns `null` when the last action was another one or has not failed.
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
