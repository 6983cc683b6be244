import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, json, pause, record, seen } from '../../../support/fake-companion.ts';
import { snapshot } from '../../../support/snapshots.ts';
import { tap, tapTimes } from '../../../support/tap.ts';

const LIST = ['sbp-other-ways', 'sbp-method-list'];
const SEVERAL = { methods: ['sbp', 'sberpay', 'buyer_qr'], actions: ['method', 'cancel'] } as const;
const OPEN = { ...SEVERAL, method: null, presentation: { kind: 'pending' } } as const;

function chosen(method: Snapshot['method'], changes: Partial<Snapshot> = {}): Snapshot {
  return snapshot({ ...SEVERAL, version: 2, method, ...changes });
}

async function methods(checkout: SbpCheckout): Promise<HTMLElement[]> {
  await shown(checkout, ...LIST, 'button');
  return [...inside(checkout, ...LIST).shadowRoot!.querySelectorAll<HTMLElement>('button')];
}

function words(element: HTMLElement): string {
  return element.innerText.replace(/\s+/g, ' ').trim();
}

async function posts(payment: FakePayment): Promise<string[]> {
  return (await payment.log()).filter(({ path }) => path === '/method').map(({ body }) => body);
}

describe('choosing a method', () => {
  it('offers a button for each, under the shop and the amount, and asks for nothing before', async () => {
    const payment = await FakePayment.create(snapshot(OPEN));
    const heard = record(document.body);
    const checkout = await show(payment);
    await seen(checkout, 'choose');
    expect((await methods(checkout)).map(words)).to.deep.equal([
      'СБП Через приложение любого банка',
      'Сбербанк Через приложение СберБанк Онлайн',
      'Мой QR-код Покажу код из приложения банка',
    ]);
    expect(text(checkout)).to.contain('Выберите способ оплаты').and.to.contain('1 250 ₽');
    expect(text(checkout)).not.to.contain('Код действует');
    expect(await posts(payment)).to.be.empty;
    checkout.locale = 'en';
    await checkout.updateComplete;
    await pause(20);
    expect(words((await methods(checkout))[0]!)).to.equal("SBP With any bank's app");
    const steps = heard.filter(({ type }) => type === 'sbp-step').map((event) => event.detail as unknown);
    expect(steps).to.deep.equal([{ step: 'shown' }]);
  });

  it('shows what was chosen as soon as the companion has answered', async () => {
    const payment = await FakePayment.create(snapshot(OPEN), { acts: { '/method': [json(chosen('sbp'))] } });
    const checkout = await show(payment);
    const [sbp] = await methods(checkout);
    await tap(sbp!);
    await seen(checkout, 'pay', 1_000);
    expect(await posts(payment)).to.deep.equal(['{"method":"sbp"}']);
    await shown(checkout, 'sbp-qr-code', 'canvas');
  });

  it('sends one wish, however often it is tapped, and shows which', async () => {
    const payment = await FakePayment.create(snapshot(OPEN), {
      // Longer than three taps on a busy machine.
      acts: { '/method': [{ ...json(chosen('sberpay')), delayMs: 5_000 }] },
    });
    const checkout = await show(payment);
    const [sbp, sberpay] = await methods(checkout);
    await tapTimes(sberpay!, 2);
    await tap(sbp!);
    await until(() => sberpay!.getAttribute('aria-busy'));
    expect(sbp!.hasAttribute('aria-busy')).to.be.false;
    await seen(checkout, 'pay');
    expect(checkout.snapshot?.method).to.equal('sberpay');
    expect(await posts(payment)).to.deep.equal(['{"method":"sberpay"}']);
  });

  for (const [what, reply, said] of [
    ['the network fails', { drop: true }, 'Не получилось. Проверьте интернет и попробуйте ещё раз.'],
    ['the companion is in trouble', { status: 503 }, 'Не получилось. Проверьте интернет'],
    ['the answer is garbled', { body: '<html>' }, 'Не получилось. Проверьте интернет'],
    ['it is too late', { status: 409 }, 'Этот способ сейчас недоступен. Выберите другой.'],
    ['the payment system refuses', json(snapshot({ ...OPEN, version: 3 })), 'Этот способ сейчас недоступен.'],
    [
      'it is too much',
      { status: 429, headers: { 'retry-after': '12' } },
      'Слишком много попыток. Подождите 12 с и попробуйте ещё раз.',
    ],
    ['it is too much for nobody knows how long', { status: 429 }, 'Подождите немного и попробуйте ещё раз.'],
  ] as const) {
    it(`stays where it is when ${what}, says so quietly, and lets the payer go on`, async () => {
      const payment = await FakePayment.create(snapshot(OPEN), { acts: { '/method': [reply] } });
      const heard = record(document.body);
      const checkout = await show(payment);
      const [sbp] = await methods(checkout);
      await tap(sbp!);
      const line = inside(checkout, ...LIST, '[role=status]');
      await until(() => line.innerText.includes(said));
      expect(checkout.screen).to.equal('choose');
      expect(heard.map(({ type }) => type)).not.to.include.members(['sbp-error', 'sbp-failed']);
      await payment.script(snapshot(OPEN), { acts: { '/method': [json(chosen('sbp', { version: 9 }))] } });
      await tap(sbp!);
      await seen(checkout, 'pay', 2_000);
    });
  }

  it('believes the next snapshot when the answer was lost', async () => {
    const payment = await FakePayment.create(snapshot(OPEN), { acts: { '/method': [{ drop: true }] } });
    const checkout = await show(payment);
    await live(checkout);
    await tap((await methods(checkout))[0]!);
    await pause(100);
    await payment.send(chosen('sbp'));
    await seen(checkout, 'pay', 1_000);
  });

  it('ends in the error screen when the token is refused', async () => {
    const payment = await FakePayment.create(snapshot(OPEN), { acts: { '/method': [{ status: 401 }] } });
    const checkout = await show(payment);
    await tap((await methods(checkout))[0]!);
    await seen(checkout, 'error', 2_000);
  });

  it('drops what came of it when another payment is open by then', async () => {
    const payment = await FakePayment.create(snapshot(OPEN), {
      acts: { '/method': [{ status: 409, delayMs: 200 }] },
    });
    const other = await FakePayment.create(snapshot(OPEN));
    const checkout = await show(payment);
    await tap((await methods(checkout))[0]!);
    checkout.token = other.token;
    await pause(400);
    await methods(checkout);
    expect(inside(checkout, ...LIST, '[role=status]').innerText).to.equal('');
  });
});

describe('another way to pay', () => {
  it('is a button away, and the present one still there without a call', async () => {
    for (const device of ['desktop', 'mobile', 'tablet']) {
      const payment = await FakePayment.create(chosen('sbp'));
      const checkout = await show(payment, { device });
      await seen(checkout, 'pay');
      const other = inside(checkout, '.other');
      expect(other.innerText).to.equal('Другой способ оплаты');
      other.focus();
      await tap(other);
      await seen(checkout, 'choose');
      expect(checkout.shadowRoot!.activeElement?.localName, 'the focus follows').to.equal('h2');
      const [sbp, sberpay] = await methods(checkout);
      expect(sbp!.getAttribute('aria-current')).to.equal('true');
      expect(sberpay!.hasAttribute('aria-current')).to.be.false;
      await tap(sbp!);
      await seen(checkout, 'pay');
      expect(await posts(payment)).to.be.empty;
    }
  });

  it('is there while the payer is in the bank, who comes back to where they were', async () => {
    const url = 'bank100000000004://qr.nspk.ru/x';
    const banks = { platform: 'ios', banks: [{ id: 'b4', name: 'Т-Банк', url }] };
    const payment = await FakePayment.create(chosen('sbp'), { banks: [json(banks)] });
    const checkout = await show(payment, { device: 'mobile' });
    checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
    await tap(await shown(checkout, 'sbp-bank-picker', 'a'));
    await seen(checkout, 'waiting');
    await tap(inside(checkout, '.other'));
    await seen(checkout, 'choose');
    await tap((await methods(checkout))[0]!);
    await seen(checkout, 'waiting');
  });

  it('is offered only where the companion offers it', async () => {
    for (const changes of [{ actions: [] }, { methods: ['sbp'] }] as const) {
      const checkout = await show(await FakePayment.create(chosen('sbp', changes)));
      await seen(checkout, 'pay');
      expect(checkout.shadowRoot!.querySelector('.other')).to.equal(null);
    }
  });

  it('gives way to what happens to the payment', async () => {
    const payment = await FakePayment.create(chosen('sbp'));
    const checkout = await show(payment);
    await live(checkout);
    await tap(inside(checkout, '.other'));
    await seen(checkout, 'choose');
    await payment.send(chosen('sbp', { version: 3, status: 'paid' }));
    await seen(checkout, 'paid');
  });
});

describe('choosing a method, on a hostile or odd companion', () => {
  it('offers no method twice and none that it does not know', async () => {
    const odd = { ...OPEN, methods: ['sbp', 'sbp', 'crypto', '<img src=x>', 'sberpay', null] };
    const payment = await FakePayment.create(snapshot(odd as unknown as Partial<Snapshot>));
    const checkout = await show(payment);
    await seen(checkout, 'choose');
    expect((await methods(checkout)).length).to.equal(2);
  });

  it('loads on while there is nothing to choose among', async () => {
    const payment = await FakePayment.create(snapshot({ ...OPEN, methods: [] }));
    const checkout = await show(payment);
    await live(checkout);
    expect(checkout.screen).to.equal('loading');
  });

  it('cuts nothing at 280 px', async () => {
    const checkout = await show(await FakePayment.create(snapshot(OPEN)), { locale: 'en' });
    checkout.parentElement!.style.width = '280px';
    await methods(checkout);
    expect(inside(checkout, '.card').scrollWidth).to.be.at.most(280);
    const list = inside(checkout, ...LIST);
    expect(list.scrollWidth).to.be.at.most(list.clientWidth);
  });
});
