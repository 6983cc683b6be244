import type { nothing, TemplateResult } from 'lit';
import type { DeviceType } from '../protocol/snapshot.ts';
import type { InApp } from './browser/in-app-browser.ts';
import type { Language } from './locales/language.ts';
import type { ScreenTexts } from './locales/screens.ts';
import type { Step } from './events.ts';
import type { ActionBody, ActionPath, ActionResult } from './session/types.ts';
import type { ChosenBank, Destination, Screen, State, StateEvent, EntryMode } from './state/state.ts';

/** Fetches the bank list. Rejects when the companion has none. */
export type LoadBanks = (signal: AbortSignal) => Promise<unknown>;

/** The inner elements that are loaded when a screen first needs one (see parts.ts). */
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

/** All a screen may read. Screens draw; what a tap does is decided behind `act`. */
export interface View {
  readonly state: State;
  readonly screen: Screen;
  /** The first screen's words; parts that are loaded later ask `language` for theirs. */
  readonly texts: ScreenTexts;
  readonly language: Language;
  /** The companion's origin. */
  readonly origin: string;
  /** What the payer holds. */
  readonly device: DeviceType;
  /** The app whose own browser this is, where bank apps do not open. `null` in others and on a desktop. */
  readonly inApp: InApp | null;
  /** What this payer is offered: a tablet both, other devices one at a time. */
  readonly entryModes: readonly EntryMode[];
  readonly timer: Timer;
  /** Seconds from `paid` to the way back to the shop; `null`: never. */
  readonly redirect: number | null;
  /** Milliseconds. */
  readonly left: number | null;
  /** The way to pay is longer in coming than it should be. */
  readonly slow: boolean;
  /** The bank list has come, or is known not to come: what stands below it stays where it is. */
  readonly banksReady: boolean;
  /** An inner element that is being loaded. */
  readonly isComing: (name: PartName) => boolean;
  /** An inner element that could not be loaded, though it was tried more than once. */
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
    /** The payer is on the way there. */
    readonly departTo: (destination: Destination) => void;
    /** For the taps on what is loaded later. */
    readonly dispatch: (event: StateEvent) => void;
    readonly step: (step: Step) => void;
    /** `null`: it was not even sent. */
    readonly sendAction: (path: ActionPath, body: ActionBody) => Promise<ActionResult | null>;
  };
}
