import type { Bank } from '../../protocol/banks.ts';
import { isRenewable, type Method, type Snapshot } from '../../protocol/snapshot.ts';
import { isOpen, mayEndUpAs } from '../../protocol/status.ts';
import { adjustOffset } from './server-clock.ts';
import { toJson } from '../browser/json.ts';
import type {
  ActionBody,
  ActionPath,
  Connection,
  SnapshotTimes,
  Refusal,
  ActionError,
} from '../session/types.ts';

export type Screen =
  | 'loading'
  | 'choose'
  | 'pay'
  | 'waiting'
  | 'checking'
  | 'paid'
  | 'expired'
  | 'failed'
  | 'canceled'
  | 'refunded'
  | 'error';

/** How a payment is entered on the payer's device: by the QR code or by a list of banks. */
export type EntryMode = 'qr' | 'banks';

/** The bank that the payer chose, with the fields that open its app and that hold its next link to try. */
export type ChosenBank = Pick<Bank, 'id' | 'name' | 'url' | 'links'>;

/** The payer's destination: an app or a page behind a link, or the page that a form leads to. */
export type Destination = ChosenBank | 'form';

/** The payer's last action and its outcome. */
export interface LastAction {
  readonly path: ActionPath;
  readonly body: ActionBody;
  readonly outcome: 'busy' | 'done' | ActionError;
}

export interface State {
  readonly snapshot: Snapshot | null;
  /** Server time minus the page's monotonic time, milliseconds; `null` before the first snapshot. */
  readonly offset: number | null;
  /** True when the time to pay is up by the page's clock. Only the server decides on `expired`. */
  readonly timeUp: boolean;
  /** Since when the payment lacks a way to pay it, monotonic ms; `null` when it has one. */
  readonly pendingSince: number | null;
  /** True when the status changed while the page was open, rather than before. */
  readonly changedOnScreen: boolean;
  readonly refusal: Refusal | null;
  readonly connection: Connection;
  /** False while the browser says that it has no network. */
  readonly network: boolean;
  /** `null` while the payer is here. The `url` of a bank is the link to try next. */
  readonly destination: Destination | null;
  /** When the payer left, monotonic ms; `null` when that was before this page was loaded. */
  readonly departedAt: number | null;
  /** The bank that the payer tapped in a browser that must not follow the bank's link. */
  readonly blockedBank: ChosenBank | null;
  /** The entry mode that the payer chose; `null` for the device's default. */
  readonly entryMode: EntryMode | null;
  /** True while the payer chooses another method. */
  readonly choosing: boolean;
  /** True while the payer is asked to confirm the cancellation. */
  readonly givingUp: boolean;
  readonly lastAction: LastAction | null;
  /** The payer's last check: running, not paid yet, or without a response. `null` after the next change of the payment. */
  readonly check: 'busy' | 'unpaid' | 'unanswered' | null;
}

export type StateEvent =
  | { readonly type: 'reset' }
  | { readonly type: 'snapshot'; readonly snapshot: Snapshot; readonly times: SnapshotTimes }
  | { readonly type: 'time-up'; readonly timeUp: boolean }
  | { readonly type: 'refused'; readonly refusal: Refusal }
  | { readonly type: 'connection'; readonly connection: Connection; readonly network: boolean }
  | { readonly type: 'departed'; readonly destination: Destination; readonly at: number | null }
  | { readonly type: 'bank-blocked'; readonly bank: ChosenBank }
  | { readonly type: 'entry-mode'; readonly entryMode: EntryMode }
  | { readonly type: 'choosing'; readonly choosing: boolean }
  | { readonly type: 'giving-up'; readonly givingUp: boolean }
  | { readonly type: 'check'; readonly check: State['check'] }
  | { readonly type: 'action-started'; readonly action: LastAction }
  | { readonly type: 'action-ended'; readonly action: LastAction; readonly outcome: LastAction['outcome'] };

export const INITIAL: State = {
  snapshot: null,
  offset: null,
  timeUp: false,
  pendingSince: null,
  changedOnScreen: false,
  refusal: null,
  connection: 'connecting',
  network: true,
  destination: null,
  departedAt: null,
  blockedBank: null,
  entryMode: null,
  choosing: false,
  givingUp: false,
  lastAction: null,
  check: null,
};

/** Returns the next state: the same object when nothing changes. */
export function reduce(state: State, event: StateEvent): State {
  switch (event.type) {
    case 'reset':
      return INITIAL;
    case 'snapshot':
      return takeSnapshot(state, event.snapshot, event.times);
    case 'time-up':
      return event.timeUp === state.timeUp ? state : { ...state, timeUp: event.timeUp };
    case 'refused':
      // Keep a result on the screen: the token may expire after the payment has ended.
      return state.snapshot && !isOpen(state.snapshot.status) ? state : { ...state, refusal: event.refusal };
    case 'connection': {
      const { connection, network } = event;
      const isSame = connection === state.connection && network === state.network;
      return isSame ? state : { ...state, connection, network };
    }
    case 'departed':
      return {
        ...state,
        destination: byNextLink(event.destination),
        departedAt: event.at,
        blockedBank: null,
        check: null,
      };
    case 'bank-blocked':
      // A copy, so that a second tap on the same bank also changes the state.
      return { ...state, blockedBank: { ...event.bank } };
    case 'entry-mode':
      return { ...state, entryMode: event.entryMode, destination: null, blockedBank: null };
    case 'choosing':
      return { ...state, choosing: event.choosing, lastAction: isBusy(state) ? state.lastAction : null };
    case 'giving-up':
      return { ...state, givingUp: event.givingUp, lastAction: isBusy(state) ? state.lastAction : null };
    case 'check':
      return event.check === 'busy' || state.check === 'busy' ? { ...state, check: event.check } : state;
    case 'action-started':
      return isBusy(state) ? state : { ...state, lastAction: event.action };
    case 'action-ended':
      // Ignore the end of an action that was not the last one: of another payment, or sent while another action was running.
      return state.lastAction === event.action
        ? { ...state, lastAction: { ...event.action, outcome: event.outcome } }
        : state;
  }
}

/** Returns the destination with the bank's next link: the browser may refuse the kind of the link that was just tried. */
function byNextLink(destination: Destination): Destination {
  if (destination === 'form') return destination;
  const { url, links } = destination;
  const next = links[links.findIndex((link) => link.url === url) + 1] ?? links[0];
  return next ? { ...destination, url: next.url } : destination;
}

function isBusy({ lastAction }: State): boolean {
  return lastAction?.outcome === 'busy';
}

function takeSnapshot(state: State, next: Snapshot, times: SnapshotTimes): State {
  // A repeated snapshot does not change the payment, but its server time is fresh.
  const offset = adjustOffset(state.offset, { serverNow: Date.parse(next.now), ...times });
  const last = state.snapshot;
  const news = !last || (next.version > last.version && isPlausible(last, next));
  if (!news) return offset === state.offset ? state : { ...state, offset };
  const sameMethod = last?.method === next.method;
  // With another link or form, the destination of the old one is obsolete.
  const sameOffer = sameMethod && toJson(last.presentation) === toJson(next.presentation);
  const pending = next.status === 'created' && next.presentation.kind === 'pending';
  const taken: State = {
    ...state,
    offset,
    snapshot: next,
    changedOnScreen: state.changedOnScreen || (last !== null && last.status !== next.status),
    refusal: null,
    check: null,
    destination: sameOffer ? state.destination : null,
    blockedBank: sameOffer ? state.blockedBank : null,
    choosing: sameMethod && state.choosing,
    givingUp: sameOffer && last.status === next.status && state.givingUp,
    pendingSince: pending ? ((sameOffer ? state.pendingSince : null) ?? times.receivedAt) : null,
  };
  return { ...taken, timeUp: timeLeft(taken, times.receivedAt) === 0 };
}

/** Returns true if `next` may follow `last`. A renewable payment may have been renewed, and ended again, in between. */
function isPlausible(last: Snapshot, next: Snapshot): boolean {
  return mayEndUpAs(isRenewable(last) ? 'created' : last.status, next.status);
}

/** Returns the screen for a state. No other code selects the screen. */
export function screenOf(state: State): Screen {
  if (state.refusal) return 'error';
  if (!state.snapshot) return 'loading';
  const { status } = state.snapshot;
  switch (status) {
    case 'created':
      return state.timeUp ? 'checking' : screenToPay(state, state.snapshot);
    case 'processing':
      return 'waiting';
    case 'partial_refunded':
      return 'refunded';
    default:
      return status;
  }
}

function screenToPay({ choosing, destination }: State, snapshot: Snapshot): Screen {
  if (choices(snapshot).length > 1 && (choosing || snapshot.method === null)) return 'choose';
  switch (snapshot.presentation.kind) {
    case 'pending':
      return 'loading';
    case 'scan':
      // The payer's code was scanned: wait for its result before another code may be scanned.
      return snapshot.actions.includes('buyer_qr') ? 'pay' : 'waiting';
    default:
      return destination ? 'waiting' : 'pay';
  }
}

/** Returns the methods that the payer can choose from now, without duplicates. */
export function choices({ actions, methods }: Snapshot): readonly Method[] {
  return actions.includes('method') ? [...new Set(methods)] : [];
}

/** Returns the time left to pay in ms, never negative; `null` before the first snapshot. */
export function timeLeft(state: State, monotonicNow: number): number | null {
  if (!state.snapshot || state.offset === null) return null;
  return Math.max(0, Date.parse(state.snapshot.expires_at) - state.offset - monotonicNow);
}
