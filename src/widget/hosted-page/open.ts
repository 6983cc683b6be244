/**
 * Opens the hosted page `/pay#<token>`. The token stays behind the `#`, which no server and no log sees. This script runs
 * after the element's script in every browser with modules. The build writes it in ES5, so it also runs where the
 * element's script does not parse.
 */
import type { SbpCheckout } from '../sbp-checkout.ts';
import { tokenOfPage } from './payment-token.ts';

declare global {
  interface Window {
    litNonce?: string;
  }
}

/** Loads the plain page, whose script waits in the page's template. */
function drawWithoutElement(): void {
  const { content } = document.querySelector('template')!;
  document.body.appendChild(document.importNode(content, true));
}

/** Creates the element with its token: an element in the page's markup would first report a missing token. */
function open(): void {
  // Without constructable style sheets, Lit's `<style>` elements need the page's nonce.
  window.litNonce = document.querySelector<HTMLLinkElement>('link[nonce]')!.nonce;
  const checkout: SbpCheckout = document.createElement('sbp-checkout');
  checkout.token = tokenOfPage();
  document.body.appendChild(checkout);

  /**
   * An open payment on the screen is not replaced. Otherwise a page that can change this address could make the payer pay
   * another order than the one on the screen. An address without a token changes nothing.
   */
  window.addEventListener('hashchange', () => {
    const token = tokenOfPage();
    const shown = checkout.token;
    const isPaying = /^(?:created|processing)$/.test(String(checkout.status));
    if (!shown || (token && !isPaying)) checkout.token = token;
    else if (token !== shown) history.replaceState(null, '', `#${shown}`);
  });

  // The element's first render failed: this browser lacks a feature that the element needs.
  checkout.updateComplete.then(undefined, () => {
    document.body.removeChild(checkout);
    drawWithoutElement();
  });
}

if ('customElements' in window && customElements.get('sbp-checkout')) open();
else drawWithoutElement();
