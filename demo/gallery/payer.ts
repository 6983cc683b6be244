import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';

/** What a payer does on a screen, as far as a scenario needs it. `at`: a path of selectors through shadow roots. */
export type Doing =
  | { readonly tap: readonly string[] }
  | { readonly type: string; readonly at: readonly string[] }
  /** Looks at the screen until it is there. */
  | { readonly see: readonly string[] }
  /** Milliseconds that seem to pass. */
  | { readonly wait: number };

/** Does it, one thing after the other, each as soon as it can be done. */
export async function play(checkout: SbpCheckout, doings: readonly Doing[]): Promise<void> {
  for (const doing of doings) {
    if ('wait' in doing) {
      await until(() => checkout.snapshot);
      shiftClock(doing.wait);
    } else if ('see' in doing) {
      await find(checkout, doing.see);
    } else if ('tap' in doing) {
      (await find(checkout, doing.tap)).click();
    } else {
      const field = (await find(checkout, doing.at)) as HTMLInputElement;
      field.value = doing.type;
      field.dispatchEvent(new Event('input', { bubbles: true }));
    }
  }
}

const now = performance.now.bind(performance);

/** The page's monotonic clock, ahead of what it really is; 0 sets it right. */
export function shiftClock(ms: number): void {
  performance.now = () => now() + ms;
}

async function find(checkout: SbpCheckout, path: readonly string[]): Promise<HTMLElement> {
  return until(() => {
    let found: HTMLElement | null = checkout;
    for (const selector of path) found = found?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
    return found;
  });
}

async function until<T>(look: () => T | null): Promise<T> {
  for (;;) {
    const found = look();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
