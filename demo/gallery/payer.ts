import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { obstacle } from './obstacle.ts';

/** An action of a payer in a scenario. `at`: a path of selectors through shadow roots. */
export type Doing =
  | { readonly tap: readonly string[] }
  | { readonly type: string; readonly at: readonly string[] }
  /** Waits until the element is there. */
  | { readonly see: readonly string[] }
  /** Milliseconds by which the clock is moved. */
  | { readonly wait: number };

/** Taps and types as the payer. */
export interface Hand {
  readonly tap: (element: Element) => void | Promise<void>;
  readonly type: (field: HTMLInputElement, text: string) => void | Promise<void>;
}

/** Taps by script, because a page has no other means, but only elements that a payer could tap. */
const SCRIPTED: Hand = {
  tap: (element) => (element as HTMLElement).click(),
  type(field, text) {
    field.value = text;
    field.dispatchEvent(new Event('input', { bubbles: true }));
  },
};

/** Runs the actions in order, each as soon as a payer could do it. */
export async function play(
  checkout: SbpCheckout,
  doings: readonly Doing[],
  hand: Hand = SCRIPTED,
): Promise<void> {
  for (const doing of doings) {
    if ('wait' in doing) {
      await until(() => checkout.snapshot);
      shiftClock(doing.wait);
    } else if ('see' in doing) {
      await find(checkout, doing.see);
    } else if ('tap' in doing) {
      await hand.tap(await findWithinReach(checkout, doing.tap));
    } else {
      await hand.type((await findWithinReach(checkout, doing.at)) as HTMLInputElement, doing.type);
    }
  }
}

const now = performance.now.bind(performance);

/** Moves the page's monotonic clock ahead by `ms`; 0 resets it. */
export function shiftClock(ms: number): void {
  performance.now = () => now() + ms;
}

function find(checkout: SbpCheckout, path: readonly string[]): Promise<HTMLElement> {
  return until(() => look(checkout, path));
}

function findWithinReach(checkout: SbpCheckout, path: readonly string[]): Promise<HTMLElement> {
  return until(() => {
    const found = look(checkout, path);
    return found && obstacle(found) === null ? found : null;
  });
}

function look(checkout: SbpCheckout, path: readonly string[]): HTMLElement | null {
  let found: HTMLElement | null = checkout;
  for (const selector of path) found = found?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  return found;
}

async function until<T>(look: () => T | null): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
