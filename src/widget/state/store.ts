import type { ReactiveControllerHost } from 'lit';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { isOpen } from '../../protocol/status.ts';
import { changesBetween } from './diff-events.ts';
import { withSafeOffer } from './safe-presentation.ts';
import type { Receipt } from '../session/types.ts';
import { keepDeparture, recallDeparture } from './bank-visit.ts';
import { INITIAL, reduce, type Gone, type State, type StateEvent } from './state.ts';

/** The one owner of the checkout's state: events go in, and its host redraws when they change something. */
export class CheckoutStore {
  readonly #host: Pick<ReactiveControllerHost, 'requestUpdate'>;
  #state: State = INITIAL;
  #news: Event[] = [];

  constructor(host: Pick<ReactiveControllerHost, 'requestUpdate'>) {
    this.#host = host;
  }

  get state(): State {
    return this.#state;
  }

  dispatch(event: StateEvent): void {
    const before = this.#state;
    this.#state = reduce(before, event);
    if (this.#state === before) return;
    if (event.type !== 'reset') {
      this.#news.push(...changesBetween(before, this.#state));
      const { gone, snapshot } = this.#state;
      if (snapshot && before.gone && !(gone && isOpen(snapshot.status))) keepDeparture(snapshot, null);
    }
    this.#host.requestUpdate();
  }

  /** The payer goes to pay: remembered at once, since the page may not live to the next turn. */
  leave(gone: Gone): void {
    const { snapshot } = this.#state;
    if (snapshot) keepDeparture(snapshot, gone);
    // After the browser has followed the link or taken the form's fields, which the next screen no longer has.
    const at = performance.now();
    setTimeout(() => this.dispatch({ type: 'gone', gone, at }));
  }

  /** `origin`: the companion's. */
  take(snapshot: Snapshot, receipt: Receipt, origin: string): void {
    const first = !this.#state.snapshot;
    this.dispatch({ type: 'snapshot', snapshot: withSafeOffer(snapshot, origin), receipt });
    const gone = first && this.#state.snapshot && recallDeparture(this.#state.snapshot);
    if (gone) this.dispatch({ type: 'gone', gone, at: null });
    else if (first) keepDeparture(snapshot, null);
  }

  /** What there is to tell the page, once it is on the screen. */
  takeNews(): Event[] {
    return this.#news.splice(0);
  }
}
