import type { Bank } from '../protocol/banks.ts';
import type { Snapshot } from '../protocol/snapshot.ts';
import { isOpen, transition, type PaymentStatus } from '../protocol/status.ts';
import { adjustOffset } from './clock.ts';
import type { Connection, Receipt } from './session/sink.ts';

export type Screen =
  | 'loading'
  | 'pay'
  | 'waiting'
  | 'checking'
  | 'paid'
  | 'expired'
  | 'failed'
  | 'canceled'
  | 'refunded'
  | 'error';

/** How the payer wants to pay, where the device leaves a choice. */
export type Way = 'qr' | 'banks';

/** `http-…`: what the companion answered. */
export type Refusal = 'no-token' | 'bad-endpoint' | `http-${number}`;

export interface State {
  readonly snapshot: Snapshot | null;
  /** Server time minus the page's monotonic time, milliseconds; `null` before the first snapshot. */
  readonly offset: number | null;
  /** The page's own reading of the clock. Only the server may say `expired`. */
  readonly timeUp: boolean;
  readonly refusal: Refusal | null;
  readonly connection: Connection;
  /** The bank whose app the payer has opened. */
  readonly bank: Bank | null;
  /** `null`: as the device suggests. */
  readonly way: Way | null;
}

export type StateEvent =
  | { readonly type: 'reset' }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly receipt: Receipt }
  | { readonly type: 'time-up'; readonly timeUp: boolean }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'connection'; readonly connection: Connection }
  | { readonly type: 'bank-opened'; readonly bank: Bank }
  | { readonly type: 'way'; readonly way: Way };

export const INITIAL: State = {
  snapshot: null,
  offset: null,
  timeUp: false,
  refusal: null,
  connection: 'connecting',
  bank: null,
  way: null,
};

/** Answers the same object when nothing changes. */
export function reduce(state: State, event: StateEvent): State {
  switch (event.type) {
    case 'reset':
      return INITIAL;
    case 'snapshot':
      return takeSnapshot(state, event.snapshot, event.receipt);
    case 'time-up':
      return event.timeUp === state.timeUp ? state : { ...state, timeUp: event.timeUp };
    case 'refused':
      // A result already seen stays: the token may end its life after the payment has.
      return state.snapshot && !isOpen(state.snapshot.status) ? state : { ...state, refusal: event.refusal };
    case 'connection':
      return event.connection === state.connection ? state : { ...state, connection: event.connection };
    case 'bank-opened':
      return { ...state, bank: event.bank };
    case 'way':
      return { ...state, way: event.way, bank: null };
  }
}

function takeSnapshot(state: State, next: Snapshot, receipt: Receipt): State {
  // A repeated snapshot says nothing new about the payment, but its clock is fresh.
  const offset = adjustOffset(state.offset, { serverNow: Date.parse(next.now), ...receipt });
  const last = state.snapshot;
  const news = !last || (next.version > last.version && mayFollow(last.status, next.status));
  if (!news) return offset === state.offset ? state : { ...state, offset };
  const taken: State = { ...state, offset, snapshot: next, refusal: null };
  return { ...taken, timeUp: timeLeft(taken, receipt.receivedAt) === 0 };
}

/** A final state never regresses; versions in between may have been missed. */
function mayFollow(from: PaymentStatus, to: PaymentStatus): boolean {
  if (from === to || isOpen(from)) return true;
  return transition(from, to).changed || (transition(from, 'paid').changed && transition('paid', to).changed);
}

/** The one place where a state becomes a screen. */
export function screenOf(state: State): Screen {
  if (state.refusal) return 'error';
  if (!state.snapshot) return 'loading';
  const { status, presentation } = state.snapshot;
  switch (status) {
    case 'created':
      if (state.timeUp) return 'checking';
      if (presentation.kind !== 'link') return 'loading';
      return state.bank ? 'waiting' : 'pay';
    case 'processing':
      return 'waiting';
    case 'partial_refunded':
      return 'refunded';
    default:
      return status;
  }
}

/** Milliseconds until the payment's time is up, never negative; `null` before the first snapshot. */
export function timeLeft(state: State, monotonicNow: number): number | null {
  if (!state.snapshot || state.offset === null) return null;
  return Math.max(0, Date.parse(state.snapshot.expires_at) - state.offset - monotonicNow);
}
