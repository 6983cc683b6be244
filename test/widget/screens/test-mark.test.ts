import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { show, shown, text, until } from '../../support/checkout.ts';
import { FakePayment, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';

const SEVERAL = { method: null, methods: ['sbp', 'sberpay'], actions: ['method'] } as const;
const FORM = {
  kind: 'form',
  action: 'https://provider.example/pay',
  http_method: 'POST',
  fields: [],
  iframe: false,
} as const;

const SCREENS: readonly (readonly [SbpCheckout['screen'], Partial<Snapshot>])[] = [
  ['choose', SEVERAL],
  ['pay', {}],
  ['pay', { presentation: FORM }],
  [
    'pay',
    { method: 'buyer_qr', methods: ['buyer_qr'], presentation: { kind: 'scan' }, actions: ['buyer_qr'] },
  ],
  ['loading', { presentation: { kind: 'pending' } }],
  ['waiting', { status: 'processing' }],
  ['paid', { status: 'paid' }],
  ['expired', { status: 'expired' }],
  ['failed', { status: 'failed' }],
  ['canceled', { status: 'canceled' }],
  ['refunded', { status: 'refunded' }],
];

async function opened(
  screen: SbpCheckout['screen'],
  changes: Partial<Snapshot>,
  attributes: Record<string, string> = {},
): Promise<SbpCheckout> {
  const checkout = await show(await FakePayment.create(snapshot(changes)), attributes);
  await until(() => checkout.snapshot);
  if (screen !== 'loading') await seen(checkout, screen);
  await checkout.updateComplete;
  return checkout;
}

/** Returns the distances of the screen's own texts from the card's top. */
function places(checkout: SbpCheckout): number[] {
  const root = checkout.shadowRoot!;
  const { top } = root.querySelector('.card')!.getBoundingClientRect();
  const parts = [...root.querySelectorAll('.shop, .amount, h2')];
  return parts.map((part) => Math.round(part.getBoundingClientRect().top - top));
}

describe('the mark of a test payment', () => {
  for (const [screen, changes] of SCREENS) {
    it(`is on the screen "${screen}" ${JSON.stringify(changes)}, and moves nothing there`, async () => {
      const real = await opened(screen, changes, { device: 'mobile' });
      expect(real.shadowRoot!.querySelector('[part=test]'), 'no test').to.be.null;
      const test = await opened(screen, { ...changes, test: true }, { device: 'mobile' });
      const mark = await shown(test, '[part=test]');
      expect(mark.innerText).to.equal('Тестовый платёж');
      expect(mark.checkVisibility({ opacityProperty: true, visibilityProperty: true })).to.be.true;
      expect(places(test)).to.deep.equal(places(real));
      const { bottom } = mark.getBoundingClientRect();
      const { top } = test.shadowRoot!.querySelector('.card')!.getBoundingClientRect();
      expect(Math.min(...places(test)), 'covers nothing').to.be.at.least(bottom - top);
      expect(getComputedStyle(test).height).to.equal(getComputedStyle(real).height);
    });
  }

  it('speaks of money at the sandbox only, in both languages', async () => {
    for (const [locale, test, sandbox] of [
      ['ru', 'Тестовый платёж', 'Тестовый платёж. Деньги не спишутся.'],
      ['en', 'Test payment', 'Test payment. No money will be taken.'],
    ] as const) {
      const at = { locale, device: 'mobile' };
      expect(text(await opened('pay', { test: true }, at))).to.match(new RegExp(`^${test}`));
      expect(text(await opened('pay', { test: true }, at))).not.to.contain(sandbox);
      expect(text(await opened('pay', { test: true, sandbox: true }, at))).to.contain(sandbox);
    }
  });

  it('is read out with a result', async () => {
    const checkout = await opened('paid', { status: 'paid', test: true, sandbox: true });
    const said = await until(() => checkout.shadowRoot!.querySelector('.hidden[role=status]')?.textContent);
    expect(said).to.contain('Тестовый платёж');
  });

  it('is legible in both themes, and wraps where one line has no room', async () => {
    for (const theme of ['light', 'dark']) {
      const checkout = await opened('paid', { status: 'paid', test: true, sandbox: true }, { theme });
      checkout.style.width = '200px';
      await expect(checkout).to.be.accessible();
      const mark = await shown(checkout, '[part=test]');
      const card = checkout.shadowRoot!.querySelector('.card')!.getBoundingClientRect();
      const box = mark.getBoundingClientRect();
      expect(box.left).to.be.at.least(card.left);
      expect(box.right).to.be.at.most(card.right);
      expect(box.height, 'more than one line').to.be.at.least(32);
      expect(mark.scrollWidth, 'nothing is cut').to.be.at.most(mark.clientWidth);
    }
  });

  it('can be styled by its part', async () => {
    const style = document.createElement('style');
    style.textContent = 'sbp-checkout::part(test) { text-transform: uppercase }';
    document.head.append(style);
    try {
      const checkout = await opened('pay', { test: true });
      const mark = await shown(checkout, '[part=test]');
      expect(getComputedStyle(mark).textTransform).to.equal('uppercase');
    } finally {
      style.remove();
    }
  });
});
