import type { Method } from '../protocol/snapshot.ts';
import type { ActBody, ActPath, Acted } from './session/types.ts';
import type { Act } from './state/state.ts';
import type { View } from './view.ts';

/** The payer chooses; what is chosen already needs no call. */
export function chooseMethod(view: Pick<View, 'state' | 'act'>, method: Method): void {
  if (view.state.snapshot?.method === method) view.act.dispatch({ type: 'choosing', choosing: false });
  else void post(view, '/method', { method });
}

/** The form is on its way, and the payer with it. */
export function leaveByForm({ act }: Pick<View, 'act'>): void {
  act.step('bank-open');
  act.leave('form');
}

/** Has the companion do it, one thing at a time; what became of it is the state's `act`. */
export async function post({ act }: Pick<View, 'act'>, path: ActPath, body: ActBody): Promise<void> {
  const begun: Act = { path, body, outcome: 'busy' };
  act.dispatch({ type: 'act-begun', act: begun });
  const acted = await act.send(path, body);
  act.dispatch({ type: 'act-ended', act: begun, outcome: outcomeOf(acted, body) });
}

function outcomeOf(acted: Acted | null, { method }: ActBody): Act['outcome'] {
  if (acted?.kind !== 'done') return acted ?? { kind: 'trouble', pauseMs: 0 };
  // The payment system would not have it, and the companion has taken the choice back.
  const refused = method !== undefined && acted.snapshot.method !== method;
  return refused ? { kind: 'problem', httpStatus: 409, pauseMs: 0 } : 'done';
}
