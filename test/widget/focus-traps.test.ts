/** Dialogs of shops that trap the focus: Tab enters the element, moves through it and leaves it. */
import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import { createFocusTrap } from 'focus-trap';
import { isTabbable, tabbable } from 'tabbable';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { inside, shown, until } from '../support/checkout.ts';
import { ENDPOINT, FakePayment, json, seen } from '../support/fake-companion.ts';
import { LINK, snapshot } from '../support/snapshots.ts';
import { tap } from '../support/tap.ts';

const url = LINK.replace('https', 'bank100000000004');
const BANKS = json({ banks: ['Альфа', 'Сбер'].map((name) => ({ id: name, name, url })) });

/** Opens a shop's dialog. A field of the page is behind it. */
async function dialog(
  close: 'before' | 'after' | 'none',
): Promise<{ box: HTMLElement; checkout: SbpCheckout }> {
  const payment = await FakePayment.create(snapshot({ actions: ['cancel'] }), { banks: [BANKS] });
  const button = html`<button class="close">Закрыть</button>`;
  const page = await fixture<HTMLElement>(html`
    <div>
      <input class="behind" aria-label="behind" />
      <div class="modal" tabindex="-1">
        ${close === 'before' ? button : ''}
        <sbp-checkout endpoint=${ENDPOINT} token=${payment.token} device="mobile"></sbp-checkout>
        ${close === 'after' ? button : ''}
      </div>
      <input class="after" aria-label="after" />
    </div>
  `);
  const checkout = page.querySelector('sbp-checkout')!;
  await seen(checkout, 'pay');
  await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
  return { box: page.querySelector<HTMLElement>('.modal')!, checkout };
}

/** Returns the focused element, also inside shadow roots. */
function focused(): Element | null {
  let found = document.activeElement;
  while (found?.shadowRoot?.activeElement) found = found.shadowRoot.activeElement;
  return found;
}

async function press(key: string, times = 1): Promise<Element | null> {
  for (let pressed = 0; pressed < times; pressed++) await sendKeys({ press: key });
  return focused();
}

/** Presses Tab `times` times. Returns the names of the reached parts of the checkout. */
async function walk(checkout: SbpCheckout, times: number): Promise<string[]> {
  const names: string[] = [];
  for (let step = 0; step < times; step++) {
    const at = await press('Tab');
    if (document.activeElement !== checkout) continue;
    const words = at?.textContent.replace(/\s+/g, ' ').trim() ?? '';
    names.push(words === '' ? (at?.localName ?? '') : words);
  }
  return names;
}

describe('focus-trap, as it comes', () => {
  for (const [what, close, options] of [
    ['with nothing else in the dialog', 'none', {}],
    ['with a fallback', 'none', { fallbackFocus: '.modal' }],
    ['with a button after it', 'after', {}],
    ['with a button before it', 'before', {}],
  ] as const) {
    it(`lets Tab in and through: ${what}`, async () => {
      const { box, checkout } = await dialog(close);
      const trap = createFocusTrap(box, options);
      trap.activate();
      await until(() => box.contains(document.activeElement));
      expect(await walk(checkout, 5)).to.include.members(['input', 'А Альфа', 'С Сбер']);
      // Tab past the last control does not leave the dialog.
      await press('Tab', 6);
      expect(box.contains(document.activeElement)).to.be.true;
      trap.deactivate();
    });
  }

  it('wraps around where the page lets it look into shadow roots', async () => {
    const { box } = await dialog('before');
    const trap = createFocusTrap(box, { tabbableOptions: { getShadowRoot: true } });
    trap.activate();
    await until(() => focused()?.className === 'close');
    const last = tabbable(box, { getShadowRoot: true }).at(-1)!;
    (last as HTMLElement).focus();
    expect((await press('Tab'))?.className).to.equal('close');
    trap.deactivate();
  });
});

describe('the element as something to tab to', () => {
  it('is one to libraries and no stop of its own to the browser', async () => {
    const { checkout } = await dialog('none');
    expect(isTabbable(checkout)).to.be.true;
    document.querySelector<HTMLElement>('.behind')!.focus();
    const at = await press('Tab');
    expect(document.activeElement).to.equal(checkout);
    expect(at, 'something in it, not the card').not.to.equal(checkout);
  });

  it('leaves a page’s own tabindex alone', async () => {
    const { checkout } = await dialog('none');
    checkout.tabIndex = -1;
    await checkout.refresh();
    expect(checkout.getAttribute('tabindex')).to.equal('-1');
    expect(checkout.tabIndex).to.equal(-1);
  });

  it('takes the focus to its heading, and from nothing that has it', async () => {
    const { checkout } = await dialog('none');
    checkout.focus();
    expect(focused()?.localName).to.equal('h2');
    const field = inside(checkout, 'sbp-bank-picker', 'input');
    await tap(field);
    checkout.focus();
    expect(focused()).to.equal(field);
  });
});

describe('other ways to keep the focus', () => {
  it('Bootstrap’s: what leaves the dialog is brought back', async () => {
    const { box, checkout } = await dialog('none');
    const enforce = ({ target }: Event): void => {
      if (target === document || target === box || box.contains(target as Node)) return;
      const selector = 'a, button, input, textarea, select, details, [tabindex], [contenteditable="true"]';
      const [first] = [...box.querySelectorAll<HTMLElement>(selector)].filter(
        (element) => !element.matches('[tabindex^="-"]'),
      );
      (first ?? box).focus();
    };
    document.addEventListener('focusin', enforce);
    box.focus();
    expect(await walk(checkout, 4)).to.include.members(['input', 'А Альфа', 'С Сбер']);
    document.querySelector<HTMLElement>('.behind')!.focus();
    expect(focused()?.localName, 'in the dialog again').to.equal('h2');
    document.removeEventListener('focusin', enforce);
  });

  it('a native dialog: Tab comes in, Escape closes it', async () => {
    const { box, checkout } = await dialog('none');
    const native = document.createElement('dialog');
    box.replaceWith(native);
    native.append(box);
    native.showModal();
    await seen(checkout, 'pay');
    await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
    box.focus();
    expect(await walk(checkout, 3)).to.include.members(['input', 'А Альфа']);
    await press('Escape');
    await until(() => !native.open);
  });

  it('an inert page around it, and an element that is inert itself', async () => {
    const { checkout } = await dialog('none');
    for (const field of document.querySelectorAll<HTMLElement>('.behind, .after')) field.inert = true;
    checkout.focus();
    expect(await walk(checkout, 2)).to.deep.equal(['input', 'А Альфа']);
    checkout.inert = true;
    expect(isTabbable(checkout)).to.be.false;
    await until(() => focused() === document.body);
  });
});
