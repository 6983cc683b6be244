import { expect, fixture, html } from '@open-wc/testing';
import { SbpQrCode } from '../../src/widget/components/qr-code.ts';
import { QUIET_ZONE, drawQr } from '../../src/widget/components/qr-path.ts';
import { defineOnce } from '../../src/widget/define.ts';
import { LINK } from '../support/snapshots.ts';

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

function drawn(element: SbpQrCode): SVGSVGElement {
  return element.shadowRoot!.querySelector('svg')!;
}

describe('<sbp-qr-code>', () => {
  it('is accessible', async () => {
    const element = await show(LINK, 360);
    await expect(element).to.be.accessible();
    expect(drawn(element).getAttribute('role')).to.equal('img');
    expect(drawn(element).getAttribute('aria-label')).to.equal('QR-код для оплаты 1 250 ₽');
  });

  it('draws one path, dark on white, with the quiet zone inside the plate', async () => {
    const element = await show(LINK, 360);
    const svg = drawn(element);
    expect(svg.querySelectorAll('*').length).to.equal(1);
    expect(svg.querySelector('path')!.getAttribute('fill')).to.equal('#000');
    const plate = getComputedStyle(element.shadowRoot!.querySelector('[part=qr]')!);
    expect(plate.backgroundColor).to.equal('rgb(255, 255, 255)');
    const starts = [
      ...svg
        .querySelector('path')!
        .getAttribute('d')!
        .matchAll(/M(\d+) (\d+)/g),
    ];
    expect(Math.min(...starts.flatMap(([, x, y]) => [Number(x), Number(y)]))).to.equal(QUIET_ZONE);
  });

  for (const width of [240, 248, 280, 360]) {
    it(`uses whole pixels a module in ${width} px`, async () => {
      const svg = drawn(await show(LINK, width));
      const side = svg.viewBox.baseVal.width;
      const size = Number(svg.getAttribute('width'));
      expect(Number.isInteger(size / side)).to.be.true;
      expect(size).to.be.within(width - side + 1, width);
    });
  }

  it('draws again when the link changes', async () => {
    const element = await show(LINK, 360);
    const before = drawn(element).querySelector('path')!.getAttribute('d');
    element.payload = BARE;
    await element.updateComplete;
    expect(drawn(element).querySelector('path')!.getAttribute('d')).not.to.equal(before);
  });

  it('shows an empty plate for what no QR can hold', async () => {
    const element = await show('x'.repeat(5_000), 360);
    expect(drawn(element)).to.equal(null);
  });
});

describe('drawQr', () => {
  it('packs a bare NSPK link into 29 modules and the longer one into 41', () => {
    expect(drawQr(BARE).side - 2 * QUIET_ZONE).to.equal(29);
    expect(drawQr(LINK).side - 2 * QUIET_ZONE).to.equal(41);
  });

  it('keeps non-Latin text apart from its low bytes', () => {
    expect(drawQr('https://банк.рф/счёт').path).not.to.equal(drawQr('https://10=:.@D/AG5B').path);
  });
});
