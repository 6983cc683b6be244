import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../support/checkout.ts';
import { FakePayment, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const focused = (checkout: SbpCheckout): string =>
  (checkout.shadowRoot!.activeElement as HTMLElement | null)?.innerText ?? '';
const said = (checkout: SbpCheckout): string => inside(checkout, '.card > [role=status]').textContent;

describe('a switch of ways', () => {
  it('leads the keyboard and the screen reader to what it has brought', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    const onward = await shown(checkout, '.onward');
    onward.focus();
    await tap(onward);
    await until(() => focused(checkout) === 'Выберите банк');
    await until(() => said(checkout) === 'Выберите банк');
    const back = inside(checkout, '.foot button');
    expect(back.innerText).to.equal('Показать QR-код');
    back.focus();
    await tap(back);
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

describe('a payment link that leads elsewhere than to the web or a bank', () => {
  for (const url of [
    'javascript:alert(1)',
    'data:text/html,x',
    'tel:112',
    '/pay',
    'https://u:p@bank.example/',
  ]) {
    it(`is no way to pay: ${url}`, async () => {
      const presentation = { kind: 'link', url, deep_link: null } as const;
      const checkout = await show(await FakePayment.create(snapshot({ presentation })));
      await live(checkout);
      expect(text(checkout)).to.contain('Готовим оплату…');
      expect(checkout.shadowRoot!.querySelector('sbp-qr-code, sbp-code-tools')).to.equal(null);
    });
  }

  it('of a bank’s own scheme, or on plain http in development, it is one', async () => {
    for (const url of ['bank100000000004://qr.nspk.ru/x', 'http://127.0.0.2:8787/sandbox/x']) {
      const presentation = { kind: 'link', url, deep_link: null } as const;
      const checkout = await show(await FakePayment.create(snapshot({ presentation })));
      await shown(checkout, 'sbp-qr-code', 'canvas');
    }
  });
});
