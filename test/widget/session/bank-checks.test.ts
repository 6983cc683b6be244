import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { show, shown, until } from '../../support/checkout.ts';
import { FakePayment, json, pause, seen } from '../../support/fake-companion.ts';
import { LINK, snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const SCHEME = LINK.replace('https', 'bank100000000004');
const BANKS = json({
  platform: 'ios',
  banks: [{ id: 'b4', name: 'Т-Банк', logo_url: null, aliases: [], url: SCHEME, links: [] }],
});
const OPEN = snapshot({ actions: ['check'] });
const PAID = snapshot({ version: 2, status: 'paid' });

async function phone(answers = [json(OPEN)]): Promise<{ payment: FakePayment; checkout: SbpCheckout }> {
  const payment = await FakePayment.create(OPEN, { banks: [BANKS], acts: { '/check': answers } });
  return { payment, checkout: await onPhone(payment) };
}

async function onPhone(payment: FakePayment): Promise<SbpCheckout> {
  const checkout = await show(payment, { device: 'mobile' });
  checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
  return checkout;
}

async function goToBank(checkout: SbpCheckout): Promise<void> {
  await tap(await shown(checkout, 'sbp-bank-picker', 'a[part=bank]'));
  await seen(checkout, 'waiting');
  turn('hidden');
}

function turn(visibility: DocumentVisibilityState): void {
  Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => visibility });
  document.dispatchEvent(new Event('visibilitychange'));
}

async function checks(payment: FakePayment): Promise<number> {
  return (await payment.log()).filter(({ path }) => path.endsWith('/check')).length;
}

afterEach(() => Reflect.deleteProperty(document, 'visibilityState'));

describe('a payer who is back from the bank', () => {
  it('is answered by it at once', async () => {
    const { payment, checkout } = await phone([json(PAID)]);
    await goToBank(checkout);
    await pause(100);
    expect(await checks(payment)).to.equal(0);
    turn('visible');
    await seen(checkout, 'paid');
    expect(await checks(payment)).to.equal(1);
  });

  it('is answered so on a page loaded anew', async () => {
    const { payment, checkout } = await phone([json(PAID)]);
    await goToBank(checkout);
    checkout.remove();
    Reflect.deleteProperty(document, 'visibilityState');
    await seen(await onPhone(payment), 'paid');
    expect(await checks(payment)).to.equal(1);
  });

  it('costs one question, however many signs there are', async () => {
    const { payment, checkout } = await phone();
    await goToBank(checkout);
    turn('visible');
    for (let sign = 0; sign < 20; sign++) {
      window.dispatchEvent(new Event('focus'));
      window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    }
    await until(async () => (await checks(payment)) > 0);
    await pause(1_000);
    expect(await checks(payment)).to.equal(1);
  });

  it('costs none without having left, nor when the page is hidden or the element removed', async () => {
    const { payment, checkout } = await phone();
    await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
    for (const visibility of ['hidden', 'visible'] as const) turn(visibility);
    await pause(300);
    expect(await checks(payment)).to.equal(0);
    await goToBank(checkout);
    await pause(2_500);
    expect(await checks(payment), 'hidden').to.equal(0);
    turn('visible');
    await until(async () => (await checks(payment)) === 1);
    checkout.remove();
    await pause(2_500);
    expect(await checks(payment), 'removed').to.equal(1);
  });

  it('may ask by the button', async () => {
    const { payment, checkout } = await phone([json(PAID)]);
    await tap(await shown(checkout, 'sbp-bank-picker', 'a[part=bank]'));
    await seen(checkout, 'waiting');
    const button = [...checkout.shadowRoot!.querySelectorAll('button')].find(
      ({ innerText }) => innerText === 'Я оплатил, проверить',
    )!;
    await tap(button);
    await seen(checkout, 'paid');
    expect(await checks(payment)).to.equal(1);
  });
});
