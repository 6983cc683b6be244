import type { ReactiveControllerHost } from 'lit';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { isOpen } from '../../protocol/status.ts';
import { eventsBetween } from './diff-events.ts';
import { withSafePresentation } from './safe-presentation.ts';
import type { SnapshotTimes } from '../session/types.ts';
import { saveDestination, recallDestination } from './bank-visit.ts';
import { INITIAL, reduce, type Destination, type State, type StateEvent } from './state.ts';

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
      this.#news.push(...eventsBetween(before, this.#state));
      const { destination, snapshot } = this.#state;
      if (snapshot && before.destination && !(destination && isOpen(snapshot.status)))
        saveDestination(snapshot, null);
    }
    this.#host.requestUpdate();
  }

  /** The payer goes to pay: remembered at once, since the page may not live to the next turn. */
  depart(destination: Destination): void {
    const { snapshot } = this.#state;
    if (snapshot) saveDestination(snapshot, destination);
    // After the browser has followed the link or taken the form's fields, which the next screen no longer has.
    const at = performance.now();
    setTimeout(() => this.dispatch({ type: 'departed', destination, at }));
  }

  /** `origin`: the companion's. */
  take(snapshot: Snapshot, times: SnapshotTimes, origin: string): void {
    const first = !this.#state.snapshot;
    this.dispatch({ type: 'snapshot', snapshot: withSafePresentation(snapshot, origin), times });
    const destination = first && this.#state.snapshot && recallDestination(this.#state.snapshot);
    if (destination) this.dispatch({ type: 'departed', destination, at: null });
    else if (first) saveDestination(snapshot, null);
  }

  /** What there is to tell the page, once it is on the screen. */
  takeNews(): Event[] {
    return this.#news.splice(0);
  }
}
