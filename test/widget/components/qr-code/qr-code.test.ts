import { expect, fixture, html } from '@open-wc/testing';
import { SbpQrCode } from '../../../../src/widget/components/qr-code/qr-code.ts';
import { QUIET_ZONE } from '../../../../src/protocol/qr.ts';
import { defineOnce } from '../../../../src/widget/browser/define-once.ts';
import { codeIsReadable } from '../../../support/codes-on-screen.ts';
import { pause } from '../../../support/fake-companion.ts';
import { LINK } from '../../../support/snapshots.ts';

defineOnce('sbp-qr-code', SbpQrCode);

const BARE = 'https://qr.nspk.ru/BS10000LE9UMVMG79SARVEE105HKATPO';

async function show(payload: string, width: number): Promise<SbpQrCode> {
  const box = await fixture<HTMLElement>(html`
    <div><sbp-qr-code .payload=${payload} .label=${'QR-код для оплаты 1 250 ₽'}></sbp-qr-code></div>
  `);
  box.style.width = `${width}px`;
  const element = box.querySelector<SbpQrCode>('sbp-qr-code')!;
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
  await element.updateComplete;
  return element;
}

function drawn(element: SbpQrCode): HTMLCanvasElement {
  return element.shadowRoot!.querySelector('canvas')!;
}

function onPaper(element: SbpQrCode): SVGSVGElement {
  return element.shadowRoot!.querySelector('svg')!;
}

/** Clears a bitmap, as phones do with pages in the background. */
function wipe(canvas: HTMLCanvasElement): void {
  canvas.getContext('2d')!.clearRect(0, 0, 9_999, 9_999);
}

/** Returns the lengths of the light and dark bars along one row of pixels. */
function bars(canvas: HTMLCanvasElement, row: number): number[] {
  const { data } = canvas.getContext('2d')!.getImageData(0, row, canvas.width, 1);
  const lengths: number[] = [];
  for (let x = 0; x < canvas.width; x++) {
    expect(data[4 * x], 'black or white').to.be.oneOf([0, 255]);
    if (x > 0 && data[4 * x] === data[4 * x - 4]) lengths[lengths.length - 1]!++;
    else lengths.push(1);
  }
  return lengths;
}

describe('<sbp-qr-code>', () => {
  const { devicePixelRatio: density } = window;

  function setDensity(value: number): void {
    Object.defineProperty(window, 'devicePixelRatio', { value, configurable: true });
    window.dispatchEvent(new Event('resize'));
  }
  afterEach(() => setDensity(density));

  it('is accessible, by one name', async () => {
    const element = await show(LINK, 360);
    await expect(element).to.be.accessible();
    const named = [drawn(element), onPaper(element)].filter((code) => code.getClientRects().length > 0);
    expect(named.length).to.equal(1);
    expect(named[0]!.getAttribute('role')).to.equal('img');
    expect(named[0]!.getAttribute('aria-label')).to.equal('QR-код для оплаты 1 250 ₽');
  });

  it('is one path on paper, with the quiet zone in it', async () => {
    const svg = onPaper(await show(LINK, 360));
    expect(svg.querySelectorAll('*').length).to.equal(1);
    const starts = [
      ...svg
        .querySelector('path')!
        .getAttribute('d')!
        .matchAll(/M(\d+) (\d+)/g),
    ];
    expect(Math.min(...starts.flatMap(([, x, y]) => [Number(x), Number(y)]))).to.equal(QUIET_ZONE);
    expect(svg.viewBox.baseVal.width).to.equal(41 + 2 * QUIET_ZONE);
  });

  for (const width of [240, 248, 280, 360]) {
    for (const density of [1, 1.25, 1.5, 2, 3]) {
      it(`is a bitmap of whole device pixels a module: ${width} px at ${density}`, async () => {
        const canvas = drawn(await show(LINK, width));
        setDensity(density);
        expect(canvas.width).to.equal(Math.floor(width * density));
        expect(canvas.height).to.equal(canvas.width);
        expect(Number.parseFloat(canvas.style.width) * density).to.be.closeTo(canvas.width, 0.05);
        const side = 41 + 2 * QUIET_ZONE;
        const module = Math.floor(canvas.width / side);
        const [margin, finder] = bars(canvas, canvas.width >> 1 /* any row in the code */);
        expect(margin! >= QUIET_ZONE * module, 'margin').to.be.true;
        expect(finder! % module).to.equal(0);
        const top = (canvas.width - side * module) >> 1;
        // The upper edge of a finder pattern has seven modules.
        expect(bars(canvas, top + QUIET_ZONE * module)[1]).to.equal(7 * module);
      });
    }
  }

  it('keeps its bitmap below 16 MB, however large it is shown', async () => {
    const canvas = drawn(await show(LINK, 900));
    setDensity(4);
    expect(canvas.width).to.equal(2048);
    expect(canvas.offsetWidth).to.equal(900);
  });

  it('draws again when the link changes', async () => {
    const element = await show(LINK, 360);
    const before = drawn(element).toDataURL();
    element.payload = BARE;
    await element.updateComplete;
    expect(drawn(element).toDataURL()).not.to.equal(before);
  });

  it('draws again when the page is seen again, and when the browser has its memory back', async () => {
    const element = await show(LINK, 360);
    const canvas = drawn(element);
    const before = canvas.toDataURL();
    for (const [target, type] of [
      [document, 'visibilitychange'],
      [canvas, 'contextrestored'],
    ] as const) {
      wipe(canvas);
      expect(canvas.toDataURL()).not.to.equal(before);
      target.dispatchEvent(new Event(type));
      expect(canvas.toDataURL(), type).to.equal(before);
    }
  });

  it('is drawn as on paper where there is no canvas, or where its memory is lost for now', async () => {
    const original = Object.getOwnPropertyDescriptor(HTMLCanvasElement.prototype, 'getContext')!;
    HTMLCanvasElement.prototype.getContext = () => null;
    const element = await show(LINK, 360);
    const visible = (): string[] =>
      [drawn(element), onPaper(element)]
        .filter((code) => code.getClientRects().length > 0)
        .map(({ localName }) => localName);
    expect(visible()).to.deep.equal(['svg']);
    await codeIsReadable();
    Object.defineProperty(HTMLCanvasElement.prototype, 'getContext', original);
    drawn(element).dispatchEvent(new Event('contextrestored'));
    expect(visible()).to.deep.equal(['canvas']);
    await codeIsReadable();
    Object.assign(drawn(element).getContext('2d')!, { isContextLost: () => true });
    drawn(element).dispatchEvent(new Event('contextlost'));
    expect(visible()).to.deep.equal(['svg']);
  });

  it('leaves nothing behind that looks at the page', async () => {
    const element = await show(LINK, 360);
    element.remove();
    wipe(drawn(element));
    const before = drawn(element).toDataURL();
    document.documentElement.style.filter = 'invert(1)';
    await pause(2_000);
    setDensity(2);
    document.dispatchEvent(new Event('visibilitychange'));
    document.documentElement.style.filter = '';
    expect(drawn(element).toDataURL()).to.equal(before);
    expect(element.hasAttribute('inverted')).to.be.false;
  });

  it('shows an empty plate for what no QR can hold', async () => {
    const element = await show('x'.repeat(5_000), 360);
    expect(drawn(element)).to.equal(null);
  });
});
