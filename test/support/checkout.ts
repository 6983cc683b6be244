import { fixture, html } from '@open-wc/testing';
import '../../src/widget/index.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { ENDPOINT, pause, type FakePayment } from './fake-companion.ts';
import { PATIENCE_MS } from './patience.ts';

/** Shows a checkout on a page, as a shop would embed it. */
export async function show(
  payment: FakePayment,
  attributes: Record<string, string> = {},
): Promise<SbpCheckout> {
  const checkout = document.createElement('sbp-checkout');
  checkout.setAttribute('endpoint', ENDPOINT);
  checkout.setAttribute('token', payment.token);
  for (const [name, value] of Object.entries(attributes)) checkout.setAttribute(name, value);
  const box = await fixture<HTMLElement>(html`<div></div>`);
  box.append(checkout);
  return checkout;
}

/** Returns an element inside the checkout, through the shadow roots of inner elements. Throws if it is missing. */
export function inside(checkout: SbpCheckout, ...path: readonly string[]): HTMLElement {
  const found = find(checkout, path);
  if (!found) throw new Error(`no ${path.join(' ')} on "${checkout.screen}"`);
  return found;
}

/** Resolves to the element as soon as it exists. */
export function shown<T extends HTMLElement = HTMLElement>(
  checkout: SbpCheckout,
  ...path: readonly string[]
): Promise<T> {
  return until(() => find(checkout, path) as T | null);
}

function find(checkout: SbpCheckout, path: readonly string[]): HTMLElement | null {
  let found: HTMLElement | null = checkout;
  for (const selector of path) found = found?.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  return found;
}

export function text(checkout: SbpCheckout): string {
  return inside(checkout, '.card').innerText.replace(/\s+/g, ' ');
}

export async function live(checkout: SbpCheckout): Promise<void> {
  await until(() => checkout.connection === 'live');
}

export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  const deadline = performance.now() + PATIENCE_MS;
  for (;;) {
    const found = await look();
    if (found) return found;
    if (performance.now() > deadline) throw new Error('it did not come');
    await pause(20);
  }
}
