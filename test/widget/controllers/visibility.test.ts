/** Before anybody can see the element, it sends no requests and counts no time. */
import { expect, fixture, html } from '@open-wc/testing';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { live, until } from '../../support/checkout.ts';
import { ENDPOINT, FakePayment, pause, record, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';

/** Longer than a visible element needs until its first request. */
const A_WHILE_MS = 1_000;

async function put(box: HTMLElement): Promise<{ payment: FakePayment; checkout: SbpCheckout }> {
  const payment = await FakePayment.create(snapshot());
  const checkout = document.createElement('sbp-checkout');
  checkout.endpoint = ENDPOINT;
  checkout.token = payment.token;
  box.append(checkout);
  return { payment, checkout };
}

function steps(heard: readonly CustomEvent[]): string[] {
  return heard
    .filter(({ type }) => type === 'sbp-step')
    .map(({ detail }) => (detail as { step: string }).step);
}

const asked = async (payment: FakePayment): Promise<number> => (await payment.log()).length;

async function isSilent(payment: FakePayment): Promise<void> {
  await pause(A_WHILE_MS);
  expect(await asked(payment)).to.equal(0);
}

describe('an element that nobody sees', () => {
  for (const [what, hidden] of [
    ['in a panel that is not drawn', 'display:none'],
    ['in a dialog hidden by visibility', 'visibility:hidden'],
    ['in a dialog hidden by opacity', 'opacity:0;pointer-events:none'],
    ['in a part that the page skips', 'content-visibility:hidden'],
    ['in a panel beside the window', 'transform:translateX(300vw);position:fixed'],
    ['in an accordion that is shut', 'height:0;overflow:hidden'],
  ] as const) {
    it(`asks for nothing and starts when it is seen: ${what}`, async () => {
      const box = await fixture<HTMLElement>(html`<div></div>`);
      box.style.cssText = hidden;
      const { payment, checkout } = await put(box);
      const heard = record(checkout);
      await isSilent(payment);
      expect(steps(heard)).to.deep.equal([]);
      box.style.cssText = '';
      await seen(checkout, 'pay');
      await until(() => steps(heard).includes('qr'));
      expect(steps(heard)).to.deep.equal(['shown', 'qr']);
    });
  }

  it('in a native dialog waits for it to be opened', async () => {
    const dialog = await fixture<HTMLDialogElement>(html`<dialog></dialog>`);
    const { payment, checkout } = await put(dialog);
    await isSilent(payment);
    dialog.showModal();
    await seen(checkout, 'pay');
    dialog.close();
    await live(checkout);
    await payment.send(snapshot({ version: 2, status: 'paid' }));
    await seen(checkout, 'paid'); // Once seen, a payment is followed to its end.
  });

  describe('in a page in the background', () => {
    let isSeen: boolean;
    beforeEach(() => {
      isSeen = false;
      Object.defineProperty(document, 'visibilityState', {
        configurable: true,
        get: () => (isSeen ? 'visible' : 'hidden'),
      });
      Object.defineProperty(document, 'hasFocus', { configurable: true, value: () => isSeen });
    });
    afterEach(() => {
      Reflect.deleteProperty(document, 'visibilityState');
      Reflect.deleteProperty(document, 'hasFocus');
    });

    for (const [target, sign] of [
      [document, 'visibilitychange'],
      [window, 'focus'],
      [window, 'pageshow'],
      [window, 'pointerdown'],
    ] as const) {
      it(`waits for the page to be looked at: ${sign}`, async () => {
        const { payment, checkout } = await put(await fixture<HTMLElement>(html`<div></div>`));
        await isSilent(payment);
        isSeen = true;
        target.dispatchEvent(new Event(sign));
        await seen(checkout, 'pay');
      });
    }
  });

  it('starts without a box of its own, and not before its panel is open', async () => {
    const box = await fixture<HTMLElement>(html`<div hidden><div style="display:contents"></div></div>`);
    const { payment, checkout } = await put(box.firstElementChild as HTMLElement);
    checkout.style.display = 'contents';
    const heard = record(checkout);
    await isSilent(payment);
    box.hidden = false;
    await seen(checkout, 'pay');
    await until(() => steps(heard).includes('shown'));
  });

  it('is fetched when it is near, and counted when it is in the window', async () => {
    const box = await fixture<HTMLElement>(html`<div></div>`);
    box.style.paddingTop = `${innerHeight + 300}px`;
    scrollTo(0, 0);
    const { checkout } = await put(box);
    const heard = record(checkout);
    await seen(checkout, 'pay');
    await pause(A_WHILE_MS);
    expect(steps(heard)).to.deep.equal([]);
    checkout.scrollIntoView();
    await until(() => steps(heard).includes('shown'));
  });

  it('is asked for by the shop’s refresh() all the same', async () => {
    const box = await fixture<HTMLElement>(html`<div hidden></div>`);
    const { checkout } = await put(box);
    await checkout.updateComplete;
    await checkout.refresh();
    await until(() => checkout.status === 'created');
  });

  it('waits anew with another payment, and holds nothing once it is removed', async () => {
    const box = await fixture<HTMLElement>(html`<div></div>`);
    const { checkout } = await put(box);
    await seen(checkout, 'pay');
    box.hidden = true;
    const other = await FakePayment.create(snapshot());
    checkout.token = other.token;
    await isSilent(other);
    checkout.remove();
    box.hidden = false;
    await isSilent(other);
    box.append(checkout);
    await seen(checkout, 'pay');
    expect(await asked(other)).to.be.above(0);
  });
});
