import { expect } from '@open-wc/testing';
import type { SbpAutoReturn } from '../../../src/widget/components/auto-return/auto-return.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../support/checkout.ts';
import { FakePayment, json, names, pause, record, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const SHOP = 'https://shop.example/thanks?order=1';
const PAID = { status: 'paid', paid_at: '2026-11-25T11:32:00.000Z', return_url: SHOP } as const;

const links = (checkout: SbpCheckout): string[] =>
  [...checkout.shadowRoot!.querySelectorAll('a')].map((link) => link.href);

describe('a paid payment', () => {
  it('says how much, what for and when, and leads to the receipt and the shop', async () => {
    const receipt = 'https://receipt.example/1';
    const checkout = await show(await FakePayment.create(snapshot({ ...PAID, receipt_url: receipt })));
    await seen(checkout, 'paid');
    const when = new Intl.DateTimeFormat('ru', { dateStyle: 'long', timeStyle: 'short' });
    expect(text(checkout))
      .to.contain('1 250 ₽')
      .and.to.contain('Заказ ORD-100500')
      .and.to.contain(when.format(new Date(PAID.paid_at)).replace(/\s+/g, ' '));
    expect(links(checkout)).to.deep.equal([SHOP, receipt]);
    expect(checkout.shadowRoot!.querySelectorAll('a.primary').length, 'one primary action').to.equal(1);
    await expect(checkout).to.be.accessible();
  });

  it('has no receipt behind anything but https', async () => {
    for (const receipt_url of ['http://r.example/', 'javascript:alert(1)', 'data:text/html,x', '/r', ' ']) {
      const checkout = await show(await FakePayment.create(snapshot({ ...PAID, receipt_url })));
      await seen(checkout, 'paid');
      expect(links(checkout), receipt_url).to.deep.equal([SHOP]);
    }
  });
});

describe('<sbp-checkout redirect>', () => {
  /** The addresses that the element has opened. The test keeps the page from leaving. */
  let gone: (string | URL | undefined)[] = [];
  const real = Object.getOwnPropertyDescriptor(window, 'open')!;
  beforeEach(() => {
    gone = [];
    window.open = (address, target) => {
      gone.push(target === '_top' ? address : `in ${target}: ${address}`);
      return null;
    };
  });
  afterEach(() => void Object.defineProperty(window, 'open', real));

  /** Shows a payment that becomes paid while the page is open. */
  async function pay(redirect: string, changes = {}): Promise<SbpCheckout> {
    const payment = await FakePayment.create(snapshot({ return_url: SHOP }));
    const checkout = await show(payment, { redirect });
    await live(checkout);
    await payment.send(snapshot({ ...PAID, version: 2, ...changes }));
    await seen(checkout, 'paid');
    return checkout;
  }

  async function autoReturn(checkout: SbpCheckout): Promise<SbpAutoReturn> {
    const element = await shown<SbpAutoReturn>(checkout, 'sbp-auto-return');
    await customElements.whenDefined('sbp-auto-return');
    return element;
  }

  it('takes the payer back after so many seconds, and says so', async () => {
    const checkout = await pay('2');
    const element = await autoReturn(checkout);
    await until(() => element.shadowRoot?.querySelector('p'));
    expect(element.shadowRoot!.querySelector('p')!.innerText).to.match(
      /^Вернём в магазин через (2 секунды|1 секунду)$/,
    );
    await expect(checkout).to.be.accessible();
    expect(gone).to.deep.equal([]);
    await until(() => gone.length > 0);
    await pause(600);
    expect(gone, 'once').to.deep.equal([SHOP]);
  });

  it('lets them stay', async () => {
    const checkout = await pay('1');
    const element = await autoReturn(checkout);
    await tap(await shown(checkout, 'sbp-auto-return', 'button'));
    await pause(1_500);
    expect(gone).to.deep.equal([]);
    expect(element.shadowRoot!.querySelector('p')).to.be.null;
    const place = checkout.parentElement!;
    checkout.remove();
    place.append(checkout);
    await checkout.updateComplete;
    await pause(100);
    let drawn = 0;
    element.requestUpdate = () => drawn++;
    await pause(700);
    expect(drawn, 'nothing ticks').to.equal(0);
  });

  it('goes nowhere once it is taken off the page', async () => {
    const checkout = await pay('1');
    await autoReturn(checkout);
    checkout.remove();
    await pause(1_500);
    expect(gone).to.deep.equal([]);
  });

  it('takes nobody away who finds the payment paid, nor anywhere but to a web address', async () => {
    const found = await show(await FakePayment.create(snapshot(PAID)), { redirect: '1' });
    await seen(found, 'paid');
    const script = await pay('1', { return_url: 'javascript:alert(1)' });
    const nowhere = await pay('1', { return_url: null });
    for (const checkout of [found, script, nowhere, await pay('0'), await pay('-1'), await pay('soon')]) {
      await pause(50);
      expect(checkout.shadowRoot!.querySelector('sbp-auto-return')).to.be.null;
    }
  });
});

describe('a refunded payment', () => {
  it('says how much of it was given back', async () => {
    const payment = await FakePayment.create(
      snapshot({ status: 'partial_refunded', refunded_amount: 50_000 }),
    );
    const checkout = await show(payment);
    await seen(checkout, 'refunded');
    expect(text(checkout)).to.contain('Возвращено 500 ₽ из 1 250 ₽');
    expect(checkout.shadowRoot!.querySelector('[part=amount]'), 'the whole would be read as that').to.be.null;
  });

  it('says no sum that a foreign backend did not tell', async () => {
    for (const refunded_amount of [undefined, -1, '500', 1.5, null]) {
      const partly = { ...snapshot({ status: 'partial_refunded' }), refunded_amount };
      const checkout = await show(await FakePayment.create(partly as ReturnType<typeof snapshot>));
      await seen(checkout, 'refunded');
      expect(text(checkout)).to.contain('Часть денег возвращена');
    }
  });
});

describe('a failed payment', () => {
  const WHY = [
    ['ru', 'declined', 'Банк отклонил платёж.'],
    ['ru', 'unavailable', 'Платёжная система не приняла этот платёж.'],
    ['en', 'declined', 'The bank declined it.'],
    ['en', 'unavailable', "The payment system didn't take this payment."],
  ] as const;
  for (const [locale, failure, words] of WHY) {
    it(`says why, as far as it is known: ${failure}, ${locale}`, async () => {
      const payment = await FakePayment.create(snapshot({ status: 'failed', failure }));
      const checkout = await show(payment, { locale });
      await seen(checkout, 'failed');
      expect(inside(checkout, '.detail').innerText).to.match(new RegExp(`^${words} `));
    });
  }

  it('blames nobody for a reason that the companion does not tell, or that is new', async () => {
    for (const failure of [undefined, null, 'toString', 'insufficient_funds', 5]) {
      const failed = { ...snapshot({ status: 'failed' }), failure } as ReturnType<typeof snapshot>;
      const checkout = await show(await FakePayment.create(failed));
      await seen(checkout, 'failed');
      expect(inside(checkout, '.detail').innerText).to.equal(
        'Чтобы попробовать ещё раз, начните оплату заново в магазине.',
      );
    }
  });

  it('advises what can be done from there', async () => {
    const WAYS = [
      [{ actions: ['renew'], return_url: SHOP }, 'Попробуйте ещё раз или выберите другой банк.'],
      [{ return_url: SHOP }, 'Вернитесь в магазин и попробуйте ещё раз.'],
      [{ return_url: 'javascript:alert(1)' }, 'Чтобы попробовать ещё раз, начните оплату заново в магазине.'],
    ] as const;
    for (const [changes, advice] of WAYS) {
      const checkout = await show(
        await FakePayment.create(snapshot({ status: 'failed', failure: 'declined', ...changes })),
      );
      await seen(checkout, 'failed');
      expect(inside(checkout, '.detail').innerText).to.equal(`Банк отклонил платёж. ${advice}`);
    }
  });

  it('is tried again in place, where the companion lets it', async () => {
    const FAILED = snapshot({ version: 2, status: 'failed', failure: 'declined', actions: ['renew'] });
    const AGAIN = snapshot({ version: 3 });
    const payment = await FakePayment.create(FAILED, { acts: { '/renew': [json(AGAIN)] } });
    const heard = record(document.body);
    const checkout = await show(payment);
    await seen(checkout, 'failed');
    expect(text(checkout)).to.contain('Банк отклонил платёж. Попробуйте ещё раз или выберите другой банк.');
    const button = await shown(checkout, 'button.primary');
    expect(button.innerText).to.equal('Попробовать ещё раз');
    await tap(button);
    await seen(checkout, 'pay', 2_000);
    await live(checkout);
    await payment.send(snapshot({ version: 4, status: 'failed' }));
    await seen(checkout, 'failed');
    expect(names(heard).filter((name) => name === 'sbp-failed').length, 'each time').to.equal(2);
    expect(inside(checkout, '.result').querySelector('sbp-other-ways'), 'no more tries').to.be.null;
  });
});
