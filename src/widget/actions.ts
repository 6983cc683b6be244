import type { Method } from '../protocol/snapshot.ts';
import type { ActionBody, ActionPath, ActionResult } from './session/types.ts';
import type { LastAction } from './state/state.ts';
import type { View } from './view.ts';

/** Chooses a method. The present method needs no request. */
export function chooseMethod(view: Pick<View, 'state' | 'actions'>, method: Method): void {
  if (view.state.snapshot?.method === method) view.actions.dispatch({ type: 'choosing', choosing: false });
  else void post(view, '/method', { method });
}

/** Notes that the browser is submitting the payment form, and leaves this page. */
export function leaveByForm({ actions }: Pick<View, 'actions'>): void {
  actions.step('bank-open');
  actions.departTo('form');
}

/** Sends one action at a time to the companion. The result becomes `lastAction` of the state. */
export async function post(
  { actions }: Pick<View, 'actions'>,
  path: ActionPath,
  body: ActionBody,
): Promise<void> {
  const action: LastAction = { path, body, outcome: 'busy' };
  actions.dispatch({ type: 'action-started', action });
  const result = await actions.sendAction(path, body);
  actions.dispatch({ type: 'action-ended', action, outcome: outcomeOf(result, body) });
}

function outcomeOf(result: ActionResult | null, { method }: ActionBody): LastAction['outcome'] {
  if (result?.kind !== 'done') return result ?? { kind: 'trouble', pauseMs: 0 };
  // The payment system refused the method, and the companion has reverted the choice.
  const refused = method !== undefined && result.snapshot.method !== method;
  return refused ? { kind: 'problem', httpStatus: 409, pauseMs: 0 } : 'done';
}
