import type { ReactiveControllerHost } from 'lit';
import type { Snapshot } from '../protocol/snapshot.ts';
import { changesBetween } from './changes.ts';
import { withSafeForm } from './safe-form.ts';
import type { Receipt } from './session/sink.ts';
import { INITIAL, reduce, type State, type StateEvent } from './state.ts';

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
    if (event.type !== 'reset') this.#news.push(...changesBetween(before, this.#state));
    this.#host.requestUpdate();
  }

  /** `origin`: the companion's. */
  take(snapshot: Snapshot, receipt: Receipt, origin: string): void {
    this.dispatch({ type: 'snapshot', snapshot: withSafeForm(snapshot, origin), receipt });
  }

  /** What there is to tell the page, once it is on the screen. */
  takeNews(): Event[] {
    return this.#news.splice(0);
  }
}
