import { expect } from '@open-wc/testing';
import { MAX_QR_BYTES } from '../../../src/protocol/qr-capacity.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { inside, show, shown } from '../../support/checkout.ts';
import { FakePayment, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';

const START = 'https://bank.example/pay?order=';
const LONG = START + 'x'.repeat(MAX_QR_BYTES);
const LONGEST_CODE = START + 'x'.repeat(MAX_QR_BYTES - START.length);

async function pay(url: string, device: string): Promise<SbpCheckout> {
  const payment = await FakePayment.create(
    snapshot({ presentation: { kind: 'link', url, deep_link: null } }),
  );
  const checkout = await show(payment, { device });
  await seen(checkout, 'pay');
  return checkout;
}

const linkTo = (checkout: SbpCheckout, url: string) =>
  checkout.shadowRoot!.querySelector<HTMLAnchorElement>(`a.button[href="${url}"]`);

describe('a payment link that no QR code holds', () => {
  it('is offered itself on a desktop, in place of an empty code', async () => {
    const checkout = await pay(LONG, 'desktop');
    expect(checkout.shadowRoot!.querySelector('sbp-qr-code, ol')).to.be.null;
    const link = linkTo(checkout, LONG)!;
    expect(link.innerText.trim()).to.equal('Открыть ссылку на оплату');
    expect(link.rel).to.equal('noopener noreferrer');
    const timer = await shown(checkout, '[part=timer]');
    expect(timer.innerText, 'there is no code whose time runs').to.match(/^На оплату осталось/);
    const tools = (await shown(checkout, 'sbp-code-tools', '.copy')).getRootNode() as ShadowRoot;
    expect(tools.querySelector('.enlarge')).to.be.null;
    await expect(checkout).to.be.accessible();
  });

  for (const device of ['mobile', 'tablet']) {
    it(`is offered beside the banks on a ${device}, in place of the code`, async () => {
      const checkout = await pay(LONG, device);
      await shown(checkout, 'sbp-bank-picker');
      expect(checkout.shadowRoot!.querySelector('sbp-qr-code')).to.be.null;
      expect(linkTo(checkout, LONG)).not.to.be.null;
      expect(checkout.shadowRoot!.textContent).not.to.contain('Показать QR-код');
    });
  }

  it('begins one byte above the largest code', async () => {
    const checkout = await pay(LONGEST_CODE, 'desktop');
    const code = await shown(checkout, 'sbp-qr-code');
    expect(code).to.exist;
    expect(inside(checkout, 'sbp-qr-code').shadowRoot!.querySelector('canvas')).not.to.be.null;
    expect(linkTo(checkout, LONGEST_CODE)).to.be.null;
  });
});
