import { expect, fixture, html } from '@open-wc/testing';
import '../../src/widget/index.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { ENDPOINT, pause, type FakePayment } from './fake-companion.ts';

/** On a page of its own, as a shop would embed it. */
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

/** What the payer sees in it, through the shadow roots of inner elements. */
export function inside(checkout: SbpCheckout, ...path: readonly string[]): HTMLElement {
  const found = find(checkout, path);
  if (!found) throw new Error(`no ${path.join(' ')} on "${checkout.screen}"`);
  return found;
}

/** The same, as soon as it is there. */
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
  for (let turn = 0; turn < 200 && checkout.connection !== 'live'; turn++) await pause(20);
  expect(checkout.connection).to.equal('live');
}

export async function until<T>(look: () => T | Promise<T>): Promise<NonNullable<T>> {
  for (let turn = 0; turn < 300; turn++) {
    const found = await look();
    if (found) return found;
    await pause(20);
  }
  throw new Error('it did not come');
}
