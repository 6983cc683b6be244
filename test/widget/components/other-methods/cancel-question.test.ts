import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, json, names, record, seen } from '../../../support/fake-companion.ts';
import { snapshot } from '../../../support/snapshots.ts';
import { tap } from '../../../support/tap.ts';

const OPEN = snapshot({ actions: ['cancel'] });
const CANCELED = snapshot({ version: 2, status: 'canceled' });
const QUESTION = ['sbp-other-ways', 'sbp-give-up'];

const cancel = (checkout: SbpCheckout): Promise<HTMLElement> => shown(checkout, '.give-up > button');

async function answers(checkout: SbpCheckout): Promise<HTMLElement[]> {
  const question = await until(() => checkout.shadowRoot!.querySelector('.give-up sbp-other-ways'));
  const group = await until(() => question.shadowRoot?.querySelector('sbp-give-up')?.shadowRoot);
  await until(() => group.querySelector('button'));
  return [...group.querySelectorAll('button')];
}

const calls = async (payment: FakePayment): Promise<number> =>
  (await payment.log()).filter(({ path }) => path === '/cancel').length;

describe('giving up', () => {
  it('takes a quiet button and one more word, and ends on "canceled"', async () => {
    const payment = await FakePayment.create(OPEN, { acts: { '/cancel': [json(CANCELED)] } });
    const heard = record(document.body);
    const checkout = await show(payment);
    const button = await cancel(checkout);
    expect(button.innerText).to.equal('Отменить оплату');
    await tap(button);
    const [goOn, now] = await answers(checkout);
    expect([goOn!.innerText, now!.innerText]).to.deep.equal(['Продолжить оплату', 'Да, отменить']);
    expect(await calls(payment), 'nothing is called off yet').to.equal(0);
    await expect(checkout).to.be.accessible();
    await tap(now!);
    await seen(checkout, 'canceled');
    expect(text(checkout)).to.contain('Оплата отменена').and.not.to.contain('Отменить');
    expect(names(heard)).to.include('sbp-canceled');
    expect(await calls(payment)).to.equal(1);
  });

  it('is thought better of; the keyboard stays where it is happening', async () => {
    const payment = await FakePayment.create(OPEN);
    const checkout = await show(payment);
    const button = await cancel(checkout);
    button.focus();
    await tap(button);
    const [goOn] = await answers(checkout);
    const place = inside(checkout, '.give-up');
    await until(() => goOn!.matches(':focus'));
    await tap(goOn!);
    await cancel(checkout);
    expect(checkout.shadowRoot!.activeElement === place).to.be.true;
    expect(await calls(payment)).to.equal(0);
  });

  it('is not called off by a second tap on the same spot', async () => {
    for (const locale of ['ru', 'en']) {
      const payment = await FakePayment.create(OPEN);
      const checkout = await show(payment, { locale });
      const button = await cancel(checkout);
      const { left, width } = button.getBoundingClientRect();
      await tap(button);
      const [goOn] = await answers(checkout);
      const safe = goOn!.getBoundingClientRect();
      const middle = left + width / 2;
      expect(safe.left < middle && middle < safe.right, locale).to.be.true;
    }
  });

  it('moves nothing: not when the payment comes, nor by the question', async () => {
    const checkout = await show(await FakePayment.create(OPEN));
    const top = (): number => inside(checkout, '.foot').getBoundingClientRect().top;
    await checkout.updateComplete;
    expect(checkout.screen).to.equal('loading');
    const before = top();
    await tap(await cancel(checkout));
    await answers(checkout);
    expect(top()).to.equal(before);
  });

  it('says so while it is under way', async () => {
    const payment = await FakePayment.create(OPEN, { acts: { '/cancel': [{ hang: true }] } });
    const checkout = await show(payment);
    await tap(await cancel(checkout));
    const [, now] = await answers(checkout);
    await tap(now!);
    await until(() => now!.getAttribute('aria-busy') === 'true');
  });

  for (const [status, words] of [
    [503, 'Не получилось. Проверьте интернет и попробуйте ещё раз.'],
    [409, 'Сейчас отменить нельзя: платёж уже обрабатывается. Страница обновится сама.'],
  ] as const) {
    it(`says what to do when it came to nothing: ${status}`, async () => {
      const payment = await FakePayment.create(OPEN, { acts: { '/cancel': [{ status }] } });
      const checkout = await show(payment);
      await tap(await cancel(checkout));
      const [, now] = await answers(checkout);
      await tap(now!);
      const line = await until(() =>
        inside(checkout, ...QUESTION).shadowRoot!.querySelector<HTMLElement>('[role=status]'),
      );
      await until(() => line.innerText === words);
      expect(checkout.screen).to.equal('pay');
    });
  }

  it('is offered on every screen that the companion lets the payer give up on, and on no other', async () => {
    const OFFERED: Partial<Snapshot>[] = [
      {},
      { presentation: { kind: 'scan' }, method: 'buyer_qr', actions: ['cancel', 'buyer_qr'] },
      { presentation: { kind: 'scan' }, method: 'buyer_qr' },
      { presentation: { kind: 'pending' } },
      { method: null, methods: ['sbp', 'sberpay'], actions: ['method', 'cancel'] },
    ];
    for (const changes of OFFERED) {
      const checkout = await show(await FakePayment.create({ ...OPEN, ...changes }), { device: 'mobile' });
      await cancel(checkout);
      checkout.remove(); // This closes the stream too: a browser opens only six connections to one server.
    }
    for (const changes of [{ actions: [] }, { status: 'paid' }, { status: 'expired' }] as const) {
      const checkout = await show(await FakePayment.create({ ...OPEN, ...changes }));
      await until(() => checkout.status);
      await checkout.updateComplete;
      expect(checkout.shadowRoot!.querySelector('.give-up')).to.equal(null);
      checkout.remove();
    }
  });
});
