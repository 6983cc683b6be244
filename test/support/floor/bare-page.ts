/**
 * Helpers for a page in browsers where Playwright's own locators do not run, because they need `checkVisibility`. They
 * look with the page's own functions and tap with a real pointer.
 */
import type { Page } from 'playwright-core';
import { PATIENCE_MS } from '../patience.ts';

/** Waits until the element's `screen` attribute has this value. */
export async function showsScreen(page: Page, screen: string): Promise<void> {
  await page.waitForFunction(
    (name) => document.querySelector('sbp-checkout')?.getAttribute('screen') === name,
    screen,
    { timeout: PATIENCE_MS, polling: 50 },
  );
}

/** Waits until a control with this text, label or placeholder is visible and does not move. Returns its middle. */
export async function middleOf(
  page: Page,
  text: RegExp,
): Promise<{ readonly x: number; readonly y: number }> {
  const seen = await page.evaluateHandle(() => ({ at: '' }));
  const found = await page.waitForFunction(
    ([pattern, last]) => {
      const inside = (root: ParentNode): Element[] =>
        [...root.querySelectorAll('*')].flatMap((one) => [
          one,
          ...(one.shadowRoot ? inside(one.shadowRoot) : []),
        ]);
      const says = (one: HTMLElement): boolean =>
        [one.textContent, one.getAttribute('aria-label'), one.getAttribute('placeholder')].some((words) =>
          new RegExp(pattern).test(words?.replace(/\s+/g, ' ').trim() ?? ''),
        );
      const controls = inside(document).filter((one): one is HTMLElement => one.matches('a, button, input'));
      for (const control of controls.filter(says)) {
        control.scrollIntoView({ block: 'center' });
        const { left, top, width, height } = control.getBoundingClientRect();
        const [x, y] = [left + width / 2, top + height / 2];
        let hit = document.elementFromPoint(x, y);
        while (hit?.shadowRoot?.elementFromPoint(x, y) && hit !== hit.shadowRoot.elementFromPoint(x, y)) {
          hit = hit.shadowRoot.elementFromPoint(x, y);
        }
        if (!hit || !control.contains(hit)) continue;
        const still = last.at === `${x} ${y}`;
        last.at = `${x} ${y}`;
        return still ? { x, y } : null;
      }
      return null;
    },
    [text.source, seen] as const,
    // Two frames must be painted: Chromium drops a tap that comes before the first paint of a page.
    { timeout: PATIENCE_MS, polling: 'raf' },
  );
  return (await found.jsonValue())!;
}

export async function tap(page: Page, text: RegExp): Promise<void> {
  const { x, y } = await middleOf(page, text);
  await page.mouse.click(x, y);
}

/** Taps the field with this label or placeholder, waits for its focus, and types. */
export async function typeInto(page: Page, label: RegExp, text: string): Promise<void> {
  await tap(page, label);
  await page.waitForFunction(
    () => {
      let active = document.activeElement;
      while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement;
      return active?.localName === 'input';
    },
    undefined,
    { timeout: PATIENCE_MS, polling: 50 },
  );
  await page.keyboard.type(text);
}

/** Waits until the page, including the element's content, contains this text. */
export async function reads(page: Page, text: RegExp): Promise<void> {
  await page.waitForFunction(
    (pattern) => {
      const words = (root: ParentNode): string =>
        [...root.querySelectorAll<HTMLElement>('*')]
          .map((one) => (one.shadowRoot ? words(one.shadowRoot) : one.innerText))
          .join(' ');
      return new RegExp(pattern).test(words(document).replace(/\s+/g, ' '));
    },
    text.source,
    { timeout: PATIENCE_MS, polling: 50 },
  );
}
