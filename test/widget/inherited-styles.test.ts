import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { TWELVE } from '../support/bank-picker.ts';
import { live, show, shown, until } from '../support/checkout.ts';
import { FakePayment, json, pause } from '../support/fake-companion.ts';
import { inheritedProperties } from '../support/inherited-properties.ts';
import { snapshot } from '../support/snapshots.ts';

/** The properties that docs/element.md lists under "On your page". */
const ON_PURPOSE = ['font-family', 'font', 'visibility', 'pointer-events', 'interactivity'];

/** Each of these has spoiled the code or the texts in at least one browser engine. */
const SEEN_LEAKING = [
  'stroke',
  '-webkit-text-fill-color',
  'text-shadow',
  'word-break',
  'writing-mode',
  'text-emphasis',
];

const inherited = inheritedProperties();

const BANKS = json({ platform: 'ios', banks: TWELVE });

/** Shows code, banks, search, texts and buttons at once, without anything that changes by itself. */
async function tablet(): Promise<SbpCheckout> {
  const payment = await FakePayment.create(snapshot({ actions: ['cancel'] }), { banks: [BANKS] });
  const checkout = await show(payment, { device: 'tablet', timer: 'off' });
  await live(checkout);
  await shown(checkout, 'sbp-bank-picker', '[part=bank]');
  await shown(checkout, 'sbp-qr-code', '[part=qr]');
  let before = '';
  await until(async () => {
    await pause(100);
    const last = before;
    before = boxes(everythingIn(checkout.shadowRoot!));
    return before === last;
  });
  return checkout;
}

function everythingIn(root: ParentNode): Element[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    element,
    ...(element.shadowRoot ? everythingIn(element.shadowRoot) : []),
  ]);
}

/** Returns the boxes of the elements, relative to the card's corner: vertical writing may move the card itself. */
function boxes(elements: readonly Element[]): string {
  const corner = elements[0]!.getBoundingClientRect();
  return elements
    .filter((element) => element.getClientRects().length > 0)
    .map((element) => element.getBoundingClientRect())
    .map(({ x, y, width, height }) => [x - corner.x, y - corner.y, width, height].map(Math.round).join())
    .join(' ');
}

/** Returns the properties whose unusual value on `target` changes something inside the element. */
function leaks(checkout: SbpCheckout, target: HTMLElement): string[] {
  const elements = everythingIn(checkout.shadowRoot!);
  const still = boxes(elements);
  return [...inherited]
    .filter(([name]) => !ON_PURPOSE.includes(name))
    .flatMap(([name, value]) => {
      const values = (): string => elements.map((of) => getComputedStyle(of).getPropertyValue(name)).join();
      const before = values();
      target.style.setProperty(name, value, 'important');
      const leaked = values() !== before || boxes(elements) !== still;
      target.style.removeProperty(name);
      return leaked ? [name] : [];
    });
}

describe('what a page sets for its own texts', () => {
  it('is known to this test: every inherited property of this browser', () => {
    for (const name of SEEN_LEAKING) expect(inherited.has(name), name).to.be.true;
    expect(inherited.size).to.be.greaterThan(80);
  });

  it('changes nothing in the element, set on what is around it', async () => {
    const checkout = await tablet();
    expect(leaks(checkout, checkout.parentElement!).join()).to.equal('');
    expect(leaks(checkout, document.body).join()).to.equal('');
  });

  it('changes nothing in it either, set on every element of the page', async () => {
    const checkout = await tablet();
    expect(leaks(checkout, checkout).join()).to.equal('');
  });

  it('is followed where the docs say so', async () => {
    const checkout = await tablet();
    const card = checkout.shadowRoot!.querySelector('.card')!;
    const box = checkout.parentElement!;
    for (const [name, value] of [
      ['font-family', 'fantasy'],
      ['visibility', 'hidden'],
      ['pointer-events', 'none'],
      ['interactivity', 'inert'],
    ] as const) {
      if (!CSS.supports(name, value)) continue;
      box.style.setProperty(name, value);
      for (const element of everythingIn(card)) {
        // The code for printing has no text. The grey placeholders under drawn content are not drawn.
        if (element.closest('svg, .bone')) continue;
        expect(getComputedStyle(element).getPropertyValue(name), `${element.localName} ${name}`).to.equal(
          value,
        );
      }
      box.style.removeProperty(name);
    }
  });
});
