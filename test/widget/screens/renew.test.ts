import { expect } from '@open-wc/testing';
import { shiftClock } from '../../../demo/gallery/payer.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../support/checkout.ts';
import { FakePayment, json, names, pause, record, seen } from '../../support/fake-companion.ts';
import { END, snapshot, sse } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const EXPIRED = snapshot({
  version: 2,
  status: 'expired',
  actions: ['renew'],
  leftMs: -1_000,
  return_url: 'https://shop.example/cart',
});
const RENEWED = snapshot({ version: 3, leftMs: 900_000 });

const renewal = (checkout: SbpCheckout): Promise<HTMLElement> => shown(checkout, 'button.primary');

describe('an expired payment', () => {
  it('gets a new code in place, its time and its live status', async () => {
    const payment = await FakePayment.create(EXPIRED, {
      events: [{ body: END, end: true }],
      acts: { '/renew': [json(RENEWED)] },
    });
    const heard = record(document.body);
    const checkout = await show(payment);
    const button = await renewal(checkout);
    expect(button.innerText).to.equal('Получить новый код');
    expect(inside(checkout, 'a.button').classList.contains('primary'), 'one primary action').to.be.false;
    await payment.script(EXPIRED, { acts: { '/renew': [json(RENEWED)] } });
    await tap(button);
    await seen(checkout, 'pay', 2_000);
    expect(text(checkout)).to.match(/Код действует ещё 1[45]:/);
    await live(checkout);
    await payment.send(snapshot({ version: 4, status: 'paid' }));
    await seen(checkout, 'paid');
    expect(names(heard).filter((name) => /expired|paid/.test(name))).to.deep.equal([
      'sbp-expired',
      'sbp-paid',
    ]);
    const steps = heard.filter(({ type }) => type === 'sbp-step');
    expect(steps.map(({ detail }) => (detail as { step: string }).step)).to.include('renewed');
    expect((await payment.log()).filter(({ path }) => path === '/renew').length).to.equal(1);
  });

  it('says so when that did not work, and lets the payer try again', async () => {
    const payment = await FakePayment.create(EXPIRED, { acts: { '/renew': [{ status: 503 }] } });
    const checkout = await show(payment);
    const button = await renewal(checkout);
    const busy: (string | null)[] = [];
    new MutationObserver(() => busy.push(button.getAttribute('aria-busy'))).observe(button, {
      attributeFilter: ['aria-busy'],
    });
    await tap(button);
    await until(() => busy.includes('true'));
    const line = await shown(checkout, 'sbp-other-ways', '[role=status]');
    await until(() => line.innerText === 'Не получилось. Проверьте интернет и попробуйте ещё раз.');
    expect(checkout.screen).to.equal('expired');
    expect(button.hasAttribute('aria-busy')).to.be.false;
    await payment.script(EXPIRED, { acts: { '/renew': [json(RENEWED)] } });
    await tap(await renewal(checkout));
    await seen(checkout, 'pay', 2_000);
  });

  it('promises no code where there was none', async () => {
    const checkout = await show(
      await FakePayment.create({ ...EXPIRED, method: null, methods: ['sbp', 'sberpay'] }),
    );
    expect((await renewal(checkout)).innerText).to.equal('Попробовать ещё раз');
  });

  it('is shown as canceled once its merchant has called it off, with no way to begin anew', async () => {
    const payment = await FakePayment.create(EXPIRED);
    const heard = record(document.body);
    const checkout = await show(payment);
    await renewal(checkout);
    const canceled = snapshot({
      version: 3,
      status: 'canceled',
      actions: [],
      return_url: EXPIRED.return_url,
    });
    await payment.script(canceled);
    await checkout.refresh();
    await seen(checkout, 'canceled');
    expect(text(checkout)).not.to.contain('Получить новый код');
    expect(names(heard).filter((name) => /expired|canceled/.test(name))).to.deep.equal([
      'sbp-expired',
      'sbp-canceled',
    ]);
  });

  it('is offered nothing that the companion does not offer', async () => {
    const checkout = await show(await FakePayment.create({ ...EXPIRED, actions: [] }));
    await seen(checkout, 'expired');
    expect(checkout.shadowRoot!.querySelector('sbp-other-ways')).to.equal(null);
    expect(inside(checkout, 'a.button').classList.contains('primary')).to.be.true;
  });

  it('leaves the bank of the old code behind', async () => {
    const banks = { platform: 'ios', banks: [{ id: 'b4', name: 'Т-Банк', url: 'bank100000000004://x' }] };
    const payment = await FakePayment.create(snapshot(), { banks: [json(banks)] });
    const checkout = await show(payment, { device: 'mobile' });
    checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
    await live(checkout);
    await tap(await shown(checkout, 'sbp-bank-picker', 'a'));
    await seen(checkout, 'waiting');
    await payment.send(EXPIRED);
    await seen(checkout, 'expired');
    const fresh = { kind: 'link', url: 'https://qr.nspk.ru/another', deep_link: null } as const;
    await payment.send(sse({ ...RENEWED, presentation: fresh }));
    await seen(checkout, 'pay');
  });
});

describe('a payment without a way to pay yet', () => {
  const PENDING = {
    presentation: { kind: 'pending' },
    methods: ['sbp', 'sberpay'],
    actions: ['method'],
  } as const;

  it('is being prepared, and after 20 s said to take longer, with a way on', async () => {
    const payment = await FakePayment.create(snapshot(PENDING));
    const checkout = await show(payment);
    await live(checkout);
    expect(text(checkout)).to.contain('Готовим оплату…');
    expect(text(checkout)).to.contain('Другой способ оплаты');
    expect(checkout.shadowRoot!.querySelector('sbp-other-ways')).to.equal(null);
    shiftClock(21_000);
    const part = (await until(
      () => checkout.shadowRoot!.querySelector('sbp-other-ways')?.shadowRoot?.firstElementChild?.parentNode,
    )) as ShadowRoot;
    expect(part.querySelector('p')!.innerText).to.equal('Это занимает больше времени, чем обычно.');
    expect(checkout.screen).to.equal('loading');
    const asked = (await payment.log()).length;
    const [again, other] = part.querySelectorAll('button');
    await tap(again!);
    await until(async () => (await payment.log()).length > asked);
    await tap(other!);
    await seen(checkout, 'choose');
    shiftClock(0);
  });

  it('promises no code where one is to be scanned', async () => {
    const checkout = await show(await FakePayment.create(snapshot({ ...PENDING, method: 'buyer_qr' })));
    await live(checkout);
    await pause(50);
    expect(text(checkout)).to.contain('Готовим оплату…');
    expect(checkout.shadowRoot!.querySelector('.bone')).to.equal(null);
  });
});
