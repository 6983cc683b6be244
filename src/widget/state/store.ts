import type { ReactiveControllerHost } from 'lit';
import type { Snapshot } from '../../protocol/snapshot.ts';
import { isOpen } from '../../protocol/status.ts';
import { eventsBetween } from './diff-events.ts';
import { withSafePresentation } from './safe-presentation.ts';
import type { SnapshotTimes } from '../session/types.ts';
import { saveDestination, recallDestination } from './bank-visit.ts';
import { INITIAL, reduce, type Destination, type State, type StateEvent } from './state.ts';

/** Owns the checkout's state. Events change the state, and each change redraws the host. */
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

  /**
   * Notes that the payer leaves to pay. Saves the destination at once: the browser may discard the page before the next
   * task.
   */
  depart(destination: Destination): void {
    const { snapshot } = this.#state;
    if (snapshot) saveDestination(snapshot, destination);
    // Redraw only after the browser has followed the link or read the form's fields: the next screen has neither.
    const at = performance.now();
    setTimeout(() => this.dispatch({ type: 'departed', destination, at }));
  }

  /** Takes a snapshot. `origin` is the origin of the companion's URL. */
  take(snapshot: Snapshot, times: SnapshotTimes, origin: string): void {
    const first = !this.#state.snapshot;
    this.dispatch({ type: 'snapshot', snapshot: withSafePresentation(snapshot, origin), times });
    const destination = first && this.#state.snapshot && recallDestination(this.#state.snapshot);
    if (destination) this.dispatch({ type: 'departed', destination, at: null });
    else if (first) saveDestination(snapshot, null);
  }

  /** Returns and forgets the events that are to be dispatched after the next redraw. */
  takeNews(): Event[] {
    return this.#news.splice(0);
  }
}
