import { isOpen, type PaymentStatus } from '../../protocol/status.ts';
import {
  SbpConnectionEvent,
  SbpErrorEvent,
  SbpReadyEvent,
  SbpResultEvent,
  SbpStatusEvent,
  SbpStepEvent,
  type ResultStatus,
} from '../events.ts';
import type { State } from './state.ts';

const RESULTS: readonly PaymentStatus[] = ['paid', 'failed', 'expired', 'canceled'] satisfies ResultStatus[];

function isResult(status: PaymentStatus): status is ResultStatus {
  return RESULTS.includes(status);
}

/**
 * Returns the events for the page that describe the change between two states. A state takes each version once and never goes
 * back, so a result that arrives by stream, poll and check is emitted once.
 */
export function eventsBetween(before: State, after: State): Event[] {
  const events: Event[] = [];
  if (after.connection !== before.connection) events.push(new SbpConnectionEvent(after.connection));
  if (after.refusal && after.refusal !== before.refusal) events.push(new SbpErrorEvent(after.refusal));
  const { snapshot } = after;
  if (!snapshot) return events;
  if (!before.snapshot) events.push(new SbpReadyEvent(snapshot));
  const previous = before.snapshot?.status ?? null;
  if (snapshot.status !== previous) {
    events.push(new SbpStatusEvent(snapshot, previous));
    if (previous && !isOpen(previous) && isOpen(snapshot.status)) events.push(new SbpStepEvent('renewed'));
    if (isResult(snapshot.status)) {
      events.push(new SbpResultEvent(snapshot.status, snapshot), new SbpStepEvent('result'));
    }
  }
  return events;
}
