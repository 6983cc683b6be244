import type { nothing, TemplateResult } from 'lit';
import type { DeviceType } from '../protocol/snapshot.ts';
import type { InApp } from './browser/in-app-browser.ts';
import type { Language } from './locales/language.ts';
import type { ScreenTexts } from './locales/screens.ts';
import type { Step } from './events.ts';
import type { ActionBody, ActionPath, ActionResult } from './session/types.ts';
import type { ChosenBank, Destination, Screen, State, StateEvent, EntryMode } from './state/state.ts';

/** Fetches the bank list. Rejects when the companion has no list. */
export type LoadBanks = (signal: AbortSignal) => Promise<unknown>;

/** The inner elements, each of which is loaded when a screen first needs it (see parts.ts). */
export type PartName =
  | 'sbp-qr-code'
  | 'sbp-bank-picker'
  | 'sbp-bank-wait'
  | 'sbp-way-out'
  | 'sbp-other-ways'
  | 'sbp-code-tools'
  | 'sbp-auto-return';

export type Timer = 'always' | 'late' | 'off';

/** The pieces of screens that come with the other ways to pay (see components/other-ways). */
export type OtherPart = 'methods' | 'form' | 'scan' | 'push' | 'slow' | 'renew' | 'give-up';

/** Everything that a screen may read. A screen only draws; `actions` handle the payer's taps. */
export interface View {
  readonly state: State;
  readonly screen: Screen;
  /** The first screen's words; parts that are loaded later ask `language` for theirs. */
  readonly texts: ScreenTexts;
  readonly language: Language;
  /** The origin of the companion's URL. */
  readonly origin: string;
  /** The payer's device. */
  readonly device: DeviceType;
  /**
   * The app whose in-app browser shows this page; bank apps do not open from there. `null` in other browsers and on
   * desktops.
   */
  readonly inApp: InApp | null;
  /** The entry modes on the screen: both on a tablet, one at a time on other devices. */
  readonly entryModes: readonly EntryMode[];
  readonly timer: Timer;
  /** Seconds between `paid` and the automatic return to the shop; `null` when the payer stays. */
  readonly redirect: number | null;
  /** Time left to pay, ms; `null` before the first snapshot. */
  readonly left: number | null;
  /** True when the payment still has no way to pay it after SLOW_MS. */
  readonly slow: boolean;
  /** True when the bank list is drawn, or cannot be loaded: content below it no longer moves. */
  readonly banksReady: boolean;
  /** How many snapshots have arrived. Each shows that the companion responds. */
  readonly snapshotCount: number;
  /** Returns true while the inner element is not loaded and not given up. */
  readonly isComing: (name: PartName) => boolean;
  /** Returns true when several attempts to load the inner element have failed. */
  readonly isLost: (name: PartName) => boolean;
  /** Draws the ways out of an app's own browser. Only that notice gets the payment's token. */
  readonly inAppNotice: () => TemplateResult | typeof nothing;
  readonly actions: {
    readonly chooseEntryMode: (mode: EntryMode) => void;
    readonly check: () => void;
    /** `isBlocked`: this browser must not follow the link to the bank. */
    readonly openBank: (bank: ChosenBank, tap: Event, isBlocked: boolean) => void;
    readonly loadBanks: LoadBanks;
    readonly redraw: () => void;
    /** Notes that the payer leaves for a bank or a form. */
    readonly departTo: (destination: Destination) => void;
    /** Changes the state, for the inner elements that are loaded later. */
    readonly dispatch: (event: StateEvent) => void;
    readonly step: (step: Step) => void;
    /** Returns `null` when nothing was sent. */
    readonly sendAction: (path: ActionPath, body: ActionBody) => Promise<ActionResult | null>;
  };
}
