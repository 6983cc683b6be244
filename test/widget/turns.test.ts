import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../support/checkout.ts';
import { FakePayment, seen } from '../support/fake-companion.ts';
import { snapshot } from '../support/snapshots.ts';

const focused = (checkout: SbpCheckout): string =>
  (checkout.shadowRoot!.activeElement as HTMLElement | null)?.innerText ?? '';
const said = (checkout: SbpCheckout): string => inside(checkout, '.card > [role=status]').textContent;

describe('a switch of ways', () => {
  it('leads the keyboard and the screen reader to what it has brought', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    const onward = await shown(checkout, '.onward');
    onward.focus();
    onward.click();
    await until(() => focused(checkout) === 'Выберите банк');
    await until(() => said(checkout) === 'Выберите банк');
    const back = inside(checkout, '.foot button');
    expect(back.innerText).to.equal('Показать QR-код');
    back.focus();
    back.click();
    await until(() => focused(checkout) === 'Оплата через СБП');
    await until(() => said(checkout) === 'Наведите камеру на код');
  });
});

describe('while others are at work', () => {
  it('the page asks for nothing that is contradicted by what it says', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment);
    await live(checkout);
    expect(text(checkout)).to.contain('Ждём оплату. Страница обновится сама.');
    await payment.send(snapshot({ version: 2, status: 'processing' }));
    await seen(checkout, 'waiting');
    expect(text(checkout))
      .to.contain('Банк обрабатывает платёж.')
      .and.to.contain('Страница обновится сама.')
      .and.not.to.contain('Ждём оплату')
      .and.not.to.contain('Я оплатил, проверить');
  });

  it('the end of the time is checked, and the payer may ask, too', async () => {
    const checkout = await show(await FakePayment.create(snapshot({ leftMs: -1 })));
    await seen(checkout, 'checking');
    expect(text(checkout))
      .to.contain('Страница обновится сама.')
      .and.to.contain('Я оплатил, проверить')
      .and.not.to.contain('Ждём оплату');
  });
});
