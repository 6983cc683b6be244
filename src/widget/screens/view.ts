import type { Bank } from '../../protocol/banks.ts';
import type { LoadBanks } from '../components/bank-picker.ts';
import type { Copied } from '../clipboard.ts';
import type { Texts } from '../locales/texts.ts';
import type { Screen, State, Way } from '../state.ts';

export type Timer = 'always' | 'late' | 'off';

/** All a screen may read. Screens draw; what a tap does is decided behind `act`. */
export interface View {
  readonly state: State;
  readonly screen: Screen;
  readonly texts: Texts;
  readonly locale: string;
  /** The companion's origin. */
  readonly origin: string;
  /** What this payer is offered: a tablet both, other devices one at a time. */
  readonly ways: readonly Way[];
  readonly timer: Timer;
  /** Milliseconds. */
  readonly left: number | null;
  readonly copied: Copied;
  readonly act: {
    readonly way: (way: Way) => void;
    readonly copy: () => void;
    readonly check: () => void;
    readonly openBank: (bank: Bank, tap: Event) => void;
    readonly loadBanks: LoadBanks;
  };
}
