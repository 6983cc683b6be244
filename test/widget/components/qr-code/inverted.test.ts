import { expect } from '@open-wc/testing';
import { isInverted } from '../../../../src/widget/components/qr-code/inverted.ts';
import { inside, show, shown, until } from '../../../support/checkout.ts';
import { codeIsReadable } from '../../../support/codes-on-screen.ts';
import { FakePayment } from '../../../support/fake-companion.ts';
import { add, dress, undress } from '../../../support/page-styles.ts';
import { snapshot } from '../../../support/snapshots.ts';
import { tap } from '../../../support/tap.ts';

/** The layer that night modes put over the whole page. Taps go through it. */
const COVER = "content: ''; position: fixed; inset: 0; pointer-events: none";
/** Not `fixed`: WebKit does not blend a fixed layer with the page, and shows only the layer. */
const BLEND = `${COVER}; position: absolute`;
const REINVERTED = 'img, video, canvas { filter: invert(1) hue-rotate(180deg) }';
const NEGATIVE = `<svg width="0" height="0" style="position: absolute"><filter id="negative" color-interpolation-filters="sRGB">
  <feColorMatrix values="-0.9 0 0 0 0.95  0 -0.9 0 0 0.95  0 0 -0.9 0 0.95  0 0 0 1 0"/></filter>
  <filter id="warm"><feColorMatrix values="1 0 0 0 0  0 0.95 0 0 0  0 0 0.9 0 0  0 0 0 1 0"/></filter></svg>`;

const PAGES: Readonly<Record<string, readonly [css: string, markup?: string]>> = {
  'html inverted, pictures back again': [`html { filter: invert(1) } ${REINVERTED}`],
  'html inverted and turned in hue': [`html { filter: invert(100%) hue-rotate(180deg); background: #fff }`],
  'body inverted by nine tenths': ['body { filter: brightness(1.1) invert(0.95) contrast(1.2) }'],
  'the element inverted': ['sbp-checkout { filter: invert(1) }'],
  'the card inverted': ['sbp-checkout::part(base) { filter: invert(1) }'],
  'the plate inverted': ['sbp-checkout::part(qr) { filter: invert(1) }'],
  'inverted twice': ['html, body { filter: invert(1) }'],
  'inverted three times': ['html, body, sbp-checkout { filter: invert(1) }'],
  'a filter that inverts less than half': ['html { filter: invert(0.03) sepia(0.1) }'],
  'hue-rotate alone': ['html { filter: hue-rotate(180deg) }'],
  'grey and bright': ['html { filter: grayscale(1) brightness(1.1) saturate(3) }'],
  'an SVG filter that inverts': ['body { filter: url(#negative) }', NEGATIVE],
  'an SVG filter that does not': ['body { filter: url(#warm) }', NEGATIVE],
  'the backdrop inverted under the element': [
    `body::before { ${COVER}; z-index: -1; backdrop-filter: invert(1); -webkit-backdrop-filter: invert(1) }`,
  ],
  'the difference to white over the page': [
    'html { background: #fff }',
    `<div style="${BLEND}; background: #fff; mix-blend-mode: difference"></div>`,
  ],
  'the difference to white under the element': [
    `html { background: #fff } body::before { ${COVER}; background: #fff; mix-blend-mode: difference }`,
  ],
  'the difference to black over the page': [
    'html { background: #fff }',
    `<div style="${BLEND}; background: #000; mix-blend-mode: difference"></div>`,
  ],
  'the page in difference to white': [
    'html { background: #fff } body { background: #fff; mix-blend-mode: difference }',
  ],
  'the element in difference to black': [
    'html { background: #fff } body { background: #000 } sbp-checkout { mix-blend-mode: difference }',
  ],
};

const BACKDROP = 'backdrop-filter: invert(1); -webkit-backdrop-filter: invert(1)';
const BACKDROPS: Readonly<Record<string, readonly [css: string, markup?: string]>> = {
  'what lies over the page': ['', `<div style="${COVER}; z-index: 9; ${BACKDROP}"></div>`],
  'the page itself': [`body::after { ${COVER}; ${BACKDROP} }`],
};
/** False in Firefox: its screenshots do not show backdrop filters. */
const SHOWS_BACKDROPS = !CSS.supports('-moz-appearance', 'none');

describe('the code on an inverted page', () => {
  afterEach(undress);

  for (const [name, [css, markup]] of Object.entries(PAGES)) {
    it(`is dark on white: ${name}`, async () => {
      const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
      await shown(checkout, 'sbp-qr-code', 'canvas');
      dress(css);
      if (markup) add(markup);
      window.dispatchEvent(new Event('resize'));
      await codeIsReadable();
    });
  }

  for (const [name, [css, markup]] of Object.entries(BACKDROPS)) {
    it(`is dark on white: its backdrop inverted by ${name}`, async () => {
      const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
      await shown(checkout, 'sbp-qr-code', 'canvas');
      dress(css);
      if (markup) add(markup);
      window.dispatchEvent(new Event('resize'));
      if (SHOWS_BACKDROPS) await codeIsReadable();
      else expect(inside(checkout, 'sbp-qr-code').hasAttribute('inverted')).to.be.true;
    });
  }

  it('is dark on white enlarged, over a page that is inverted', async () => {
    dress('html { filter: invert(1) }');
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    await tap(await shown(checkout, 'sbp-code-tools', '.enlarge'));
    await shown(checkout, 'sbp-code-tools', 'dialog[open]');
    await codeIsReadable();
  });

  it('is dark on white when it comes to a page that is inverted already', async () => {
    dress(`html { filter: invert(1) } ${REINVERTED}`);
    await show(await FakePayment.create(snapshot()), { device: 'desktop', theme: 'dark' });
    await codeIsReadable();
  });

  it('follows a page that turns dark and light again while it is shown, by itself', async () => {
    dress('html { transition: filter 0.3s } html.night { filter: invert(1) hue-rotate(180deg) }');
    await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    for (let turn = 0; turn < 3; turn++) {
      await codeIsReadable();
      document.documentElement.classList.toggle('night');
    }
    await codeIsReadable();
    document.documentElement.classList.remove('night');
    await until(() => getComputedStyle(document.documentElement).filter === 'none');
  });

  it('counts what is around and over its frame, of the same origin', () => {
    add('<iframe style="position: fixed; top: 9px; left: 9px; filter: invert(1)"></iframe>');
    const { contentDocument } = document.querySelector('iframe')!;
    const code = contentDocument!.createElement('div');
    code.style.height = '50px';
    contentDocument!.body.append(code);
    expect(isInverted(code)).to.be.true;
    dress('html { filter: invert(1); min-height: 100vh }');
    expect(isInverted(code)).to.be.false;
    add(`<div style="${BLEND}; background: #fff; mix-blend-mode: difference"></div>`);
    expect(isInverted(code)).to.be.true;
  });

  it('is not the negative of a page whose cursor is a dot in difference to white', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    const code = await shown(checkout, 'sbp-qr-code', 'canvas');
    const { left, top, width, height } = code.getBoundingClientRect();
    const dot = `position: fixed; left: ${left + width / 2 - 20}px; top: ${top + height / 2 - 20}px; width: 40px;
      height: 40px; background: #fff; mix-blend-mode: difference; pointer-events: none`;
    add(`<div style="${dot}"></div>`);
    expect(isInverted(code)).to.be.false;
    dress(`body::after { content: ''; ${dot} }`);
    expect(isInverted(code)).to.be.false;
    // The scaled code is wider than the window. Its visible part is still covered.
    add(`<div style="${COVER}; background: #fff; mix-blend-mode: difference"></div>`);
    code.style.transform = 'scale(20)';
    expect(isInverted(code)).to.be.true;
  });

  for (const place of ['afterbegin', 'beforeend'] as const) {
    it(`is found under a cover ${place} of a page with thousands of elements, by a look at few of them`, () => {
      add(`<div id="code" style="height: 50px"></div>${'<p></p>'.repeat(5000)}`);
      const code = document.querySelector('#code')!;
      document.body.insertAdjacentHTML(
        place,
        `<div id="cover" style="${COVER}; z-index: 1; background: #fff; mix-blend-mode: difference"></div>`,
      );
      const measure = Object.getOwnPropertyDescriptor(Element.prototype, 'getBoundingClientRect')!;
      let measured = 0;
      Element.prototype.getBoundingClientRect = function (): DOMRect {
        measured++;
        return (measure.value as () => DOMRect).call(this);
      };
      try {
        expect(isInverted(code)).to.be.true;
        expect(measured).to.be.below(300);
      } finally {
        Object.defineProperty(Element.prototype, 'getBoundingClientRect', measure);
        document.querySelector('#cover')!.remove();
      }
    });
  }
});
