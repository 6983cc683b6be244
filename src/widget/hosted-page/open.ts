/**
 * The hosted page `/pay#<token>`: the token stays behind the `#`, where no server and no log sees it. Runs after the
 * element's script in every browser that knows modules, also where that script does not parse: the build writes this
 * one in ES5.
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

/** Created with its token: an element that stood in the page before would say that there is none. */
function open(): void {
  // Without constructable style sheets, Lit's `<style>` elements need the page's nonce.
  window.litNonce = document.querySelector<HTMLLinkElement>('link[nonce]')!.nonce;
  const checkout: SbpCheckout = document.createElement('sbp-checkout');
  checkout.token = tokenOfPage();
  document.body.appendChild(checkout);

  /**
   * A payment that is being shown is not replaced: whoever can change the address of this page would have the payer pay
   * another order than the one that they have looked at. An address without a token changes nothing.
   */
  window.addEventListener('hashchange', () => {
    const token = tokenOfPage();
    const shown = checkout.token;
    const isPaying = /^(?:created|processing)$/.test(String(checkout.status));
    if (!shown || (token && !isPaying)) checkout.token = token;
    else if (token !== shown) history.replaceState(null, '', `#${shown}`);
  });

  // The element's first picture has failed: this browser lacks something that it needs.
  checkout.updateComplete.then(undefined, () => {
    document.body.removeChild(checkout);
    drawWithoutElement();
  });
}

if ('customElements' in window && customElements.get('sbp-checkout')) open();
else drawWithoutElement();
