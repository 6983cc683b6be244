import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { show, shown } from '../support/checkout.ts';
import { codeIsReadable } from '../support/codes-on-screen.ts';
import { FakePayment, seen } from '../support/fake-companion.ts';
import { dress, undress } from '../support/page-styles.ts';
import { printOut } from '../support/print-rules.ts';
import { snapshot } from '../support/snapshots.ts';

/** A shop whose custom properties are dark in all themes. */
const DARK_SHOP = `sbp-checkout { --sbp-text: #eee; --sbp-muted: #bbb; --sbp-surface: #111; --sbp-subtle: #222;
  --sbp-accent: #8cf; --sbp-on-accent: #013; --sbp-success: #7f7; --sbp-warning: #fb7; --sbp-danger: #f77 }`;

function textsIn(root: ParentNode): Element[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...([...element.childNodes].some(
      ({ nodeType, data = '' }: Node & { data?: string }) => nodeType === 3 && data.trim(),
    )
      ? [element]
      : []),
    ...(element.shadowRoot ? textsIn(element.shadowRoot) : []),
  ]);
}

/** Returns the colours of texts, and of the backgrounds that printers are asked to keep. */
function inks(checkout: SbpCheckout): string[] {
  return textsIn(checkout.shadowRoot!)
    .filter((element) => element.localName !== 'style' && element.getClientRects().length > 0)
    .map((element) => {
      const { color, backgroundColor, printColorAdjust } = getComputedStyle(element);
      return printColorAdjust === 'exact' ? `${color} on ${backgroundColor}` : color;
    });
}

describe('on paper', () => {
  let toScreen = (): void => undefined;
  afterEach(() => {
    toScreen();
    undress();
  });

  for (const theme of ['light', 'dark', 'auto']) {
    it(`the code is black on white, ${theme}`, async () => {
      const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop', theme });
      await shown(checkout, 'sbp-qr-code', 'canvas');
      toScreen = printOut(checkout);
      expect((await shown(checkout, 'sbp-qr-code', 'svg')).getClientRects().length).to.equal(1);
      expect((await shown(checkout, 'sbp-qr-code', 'canvas')).getClientRects().length).to.equal(0);
      await codeIsReadable();
    });
  }

  for (const css of [
    'body { stroke: red; stroke-width: 9px; fill: yellow; fill-opacity: 0.2; paint-order: stroke }',
    'sbp-checkout::part(qr) { stroke: red; stroke-width: 2px }',
    'html { filter: invert(1) }',
  ]) {
    it(`the code is black on white on a page with ${css}`, async () => {
      dress(css);
      const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop', theme: 'dark' });
      await shown(checkout, 'sbp-qr-code', 'canvas');
      toScreen = printOut(checkout);
      await codeIsReadable();
    });
  }

  for (const status of ['created', 'paid', 'failed', 'expired', 'canceled'] as const) {
    for (const shop of ['', DARK_SHOP]) {
      it(`every text is black, ${status}${shop && ', in a shop that is dark'}`, async () => {
        if (shop) dress(shop);
        const payment = await FakePayment.create(
          snapshot({ status, test: true, actions: ['cancel', 'renew'], return_url: 'https://shop.example/' }),
        );
        const checkout = await show(payment, { theme: 'dark' });
        await seen(checkout, status === 'created' ? 'pay' : status);
        toScreen = printOut(checkout);
        const found = new Set(inks(checkout));
        expect(found.has('rgb(0, 0, 0)')).to.be.true;
        found.delete('rgb(0, 0, 0)');
        found.delete('rgb(255, 255, 255) on rgb(0, 0, 0)'); // The text of a button.
        expect([...found].join('; ')).to.equal('');
      });
    }
  }
});
