import { expect } from '@open-wc/testing';
import { inside, live, show, shown, until } from '../../support/checkout.ts';
import { FakePayment, json, pause, seen } from '../../support/fake-companion.ts';
import { LINK, snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const PARTS = {
  code: '/src/widget/components/qr-code/qr-code.ts',
  banks: '/src/widget/components/bank-app/bank-app.ts',
  others: '/src/widget/components/other-methods/other-methods.ts',
} as const;

/** Makes the next `times` requests for the part fail. Returns the number of its requests since the last call. */
async function fail(part: keyof typeof PARTS, times: number): Promise<number> {
  const response = await fetch(`/parts/${times}${PARTS[part]}`, { method: 'POST' });
  return Number(await response.text());
}

/** Returns the visible content of an element whose part is not loaded. */
function instead(element: HTMLElement): HTMLElement[] {
  return [...element.querySelectorAll<HTMLElement>('*')].filter(({ offsetHeight }) => offsetHeight > 0);
}

// The order of the tests matters: a part that was loaded once stays defined.
describe('a part of the page that does not come', () => {
  const { random } = Math;
  beforeEach(async () => {
    Math.random = () => 0.1; // Keeps pauses short.
    for (const part of ['code', 'banks', 'others'] as const) await fail(part, 1_000);
  });
  // Let the pages of the other tests load the parts.
  after(async () => {
    for (const part of ['code', 'banks', 'others'] as const) await fail(part, 0);
  });

  afterEach(() => (Math.random = random));

  it('is asked for by nobody once the element is gone', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'tablet' });
    await live(checkout);
    await until(async () => (await fail('code', 1_000)) + (await fail('banks', 1_000)) > 0);
    await pause(300);
    checkout.remove();
    await pause(500);
    await fail('code', 1_000);
    await fail('banks', 1_000);
    await pause(3_000);
    expect((await fail('code', 1_000)) + (await fail('banks', 1_000))).to.equal(0);
  });

  it('is not asked for while the companion does not answer', async () => {
    const payment = await FakePayment.create(snapshot(), { session: [{ drop: true }] });
    const checkout = await show(payment, { device: 'tablet' });
    await until(() => checkout.connection === 'offline');
    await pause(1_000); // Let running requests end.
    await fail('code', 1_000);
    await fail('banks', 1_000);
    await pause(4_000);
    expect((await fail('code', 1_000)) + (await fail('banks', 1_000))).to.equal(0);
  });

  it('is told once to a payer who has two ways', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'tablet' });
    await until(() => {
      const { renderRoot } = checkout;
      return renderRoot.querySelector('.lost') && !renderRoot.querySelector('sbp-qr-code');
    });
    expect(checkout.renderRoot.querySelectorAll('.lost').length).to.equal(1);
    expect(checkout.renderRoot.querySelector('.foot button')).to.equal(null);
  });

  it('keeps its place grey, is then said to be missing, with a way on, and still comes', async () => {
    const checkout = await show(await FakePayment.create(snapshot()));
    await seen(checkout, 'pay');
    const code = inside(checkout, 'sbp-qr-code');
    expect(instead(code).map(({ className }) => className)).to.deep.equal(['plate bone']);
    const note = await shown(checkout, 'sbp-qr-code .lost');
    expect(note.innerText).to.contain('Часть страницы не загрузилась. Оплата не потеряется.');
    expect(note.querySelector('a')!.href).to.equal(LINK);
    expect(note.querySelector('button')!.innerText).to.equal('Загрузить ещё раз');
    await fail('code', 0);
    await until(() => code.shadowRoot?.querySelector('canvas'));
    expect(instead(code)).to.be.empty;
  });

  it('puts no link there that may open nothing, or leads to plain http', async () => {
    for (const url of ['sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef', 'http://127.0.0.1:1/pay']) {
      const presentation = { kind: 'link', url, deep_link: null } as const;
      const checkout = await show(await FakePayment.create(snapshot({ presentation })), { device: 'mobile' });
      const note = await shown(checkout, 'sbp-bank-picker .lost');
      expect(note.querySelector('a'), url).to.equal(null);
      await expect(checkout).to.be.accessible();
      checkout.remove();
    }
  });

  it('keeps nobody from a new code', async () => {
    const expired = snapshot({ version: 2, status: 'expired', actions: ['renew'], leftMs: -1_000 });
    const payment = await FakePayment.create(expired, {
      acts: { '/renew': [json(snapshot({ version: 3 }))] },
    });
    const checkout = await show(payment);
    await tap(await shown(checkout, 'button.primary'));
    await seen(checkout, 'pay');
    expect(customElements.get('sbp-other-ways')).to.equal(undefined);
  });
});
