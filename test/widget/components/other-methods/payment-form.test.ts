import { expect } from '@open-wc/testing';
import type { Presentation, Snapshot } from '../../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, json, pause, record, seen } from '../../../support/fake-companion.ts';
import { snapshot } from '../../../support/snapshots.ts';
import { tap } from '../../../support/tap.ts';

type FormOffer = Extract<Presentation, { kind: 'form' }>;

const OFFER: FormOffer = {
  kind: 'form',
  action: 'https://provider.example/pay?lang=ru',
  http_method: 'POST',
  fields: [
    { type: 'hidden', name: 'uid', value: 'a&b="<c>' },
    { type: 'text', name: 'submit', value: 'Да' },
    { type: 'hidden', name: 'uid', value: '' },
  ],
  iframe: false,
};

let count = 0;

/** Returns a snapshot of a new payment each time: the tab saves for each payment that the payer has left. */
function formed(offer: Partial<FormOffer> = {}, changes: Partial<Snapshot> = {}): Snapshot {
  const payment_id = `pay_form_${count++}`;
  return snapshot({ payment_id, presentation: { ...OFFER, ...offer }, ...changes });
}

async function theForm(checkout: SbpCheckout): Promise<HTMLFormElement> {
  return shown<HTMLFormElement>(checkout, 'sbp-other-ways', 'form');
}

/** Taps the button as a payer would. Returns what the browser did, but keeps it from leaving the page. */
async function submit(form: HTMLFormElement): Promise<{ submitted: boolean; prevented: boolean }> {
  const seen = { submitted: false, prevented: false };
  form.parentNode!.addEventListener(
    'submit',
    (event) => {
      seen.submitted = true;
      seen.prevented = event.defaultPrevented;
      event.preventDefault();
    },
    { once: true },
  );
  await tap(form.querySelector('button')!);
  return seen;
}

describe('a form to post', () => {
  it('is a real one, posted by the browser after one tap', async () => {
    const checkout = await show(await FakePayment.create(formed()));
    await seen(checkout, 'pay');
    expect(text(checkout)).to.contain('Оплата на странице банка').and.to.contain('На оплату осталось');
    expect(text(checkout)).not.to.contain('Код действует');
    const form = await theForm(checkout);
    expect(form.getAttribute('action')).to.equal('https://provider.example/pay?lang=ru');
    expect([form.method, form.target, form.acceptCharset]).to.deep.equal(['post', '_self', 'utf-8']);
    expect([...new FormData(form)]).to.deep.equal([
      ['uid', 'a&b="<c>'],
      ['submit', 'Да'],
      ['uid', ''],
    ]);
    for (const input of form.querySelectorAll('input')) expect(input.type).to.equal('hidden');
    expect(form.querySelector('button')!.innerText).to.equal('Перейти к оплате');
    expect(await submit(form)).to.deep.equal({ submitted: true, prevented: false });
  });

  it('leaves the payer with "waiting" and the same form again', async () => {
    const payment = await FakePayment.create(formed());
    const heard = record(document.body);
    const checkout = await show(payment);
    await submit(await theForm(checkout));
    await seen(checkout, 'waiting');
    expect(text(checkout))
      .to.contain('Завершите оплату на странице банка')
      .and.to.contain('Я оплатил, проверить');
    const steps = heard
      .filter(({ type }) => type === 'sbp-step')
      .map(({ detail }) => (detail as { step: string }).step);
    expect(steps).to.deep.equal(['shown', 'bank-open']);
    expect(heard.map(({ type }) => type)).not.to.include('sbp-bank-open');
    const again = await theForm(checkout);
    expect(again.querySelector('button')!.innerText).to.equal('Открыть ещё раз');
    expect((await submit(again)).submitted).to.be.true;
  });

  it('remembers on the way back, on a page loaded anew, and only while nothing has happened', async () => {
    const first = formed();
    const payment = await FakePayment.create(first);
    const checkout = await show(payment);
    await submit(await theForm(checkout));
    await seen(checkout, 'waiting');
    checkout.remove();
    const back = await show(payment);
    await seen(back, 'waiting');
    back.remove();
    await payment.script({ ...first, version: 2 });
    const later = await show(payment);
    await theForm(later);
    await pause(50);
    expect(later.screen).to.equal('pay');
    expect(JSON.stringify(sessionStorage)).not.to.contain(payment.token);
  });

  it('goes with the payment to "paid"', async () => {
    const first = formed();
    const payment = await FakePayment.create(first);
    const checkout = await show(payment);
    await live(checkout);
    await submit(await theForm(checkout));
    await payment.send({ ...first, version: 2, status: 'paid' });
    await seen(checkout, 'paid');
  });

  it('lets the payer pay another way', async () => {
    const several = { methods: ['sbp', 'buyer_qr'], actions: ['method'] } as const;
    const checkout = await show(await FakePayment.create(formed({}, several)));
    await theForm(checkout);
    await tap(inside(checkout, '.other'));
    await seen(checkout, 'choose');
  });

  it('follows the payer with the focus, out of the list of methods', async () => {
    const several = { methods: ['sbp', 'buyer_qr'], actions: ['method'] } as const;
    const chosen = formed({}, { ...several, version: 2 });
    const pending = { method: null, version: 1, presentation: { kind: 'pending' } } as const;
    const payment = await FakePayment.create(
      { ...chosen, ...pending },
      { acts: { '/method': [json(chosen)] } },
    );
    const checkout = await show(payment);
    const method = await shown(checkout, 'sbp-other-ways', 'sbp-method-list', 'button');
    method.focus();
    await tap(method);
    await theForm(checkout);
    await until(() => checkout.shadowRoot!.activeElement?.localName === 'h2');
    expect(inside(checkout, '[role=status]').innerText).to.equal('Оплата на странице банка');
  });

  it('takes GET as well, in any spelling', async () => {
    const checkout = await show(await FakePayment.create(formed({ http_method: 'Get' })));
    expect((await theForm(checkout)).method).to.equal('get');
  });
});

describe('a form that may not be posted', () => {
  const many = Array.from({ length: 5_000 }, (_, i) => ({ type: 'hidden', name: `n${i}`, value: 'v' }));
  for (const [what, offer] of [
    ['a script', { action: 'javascript:alert(1)' }],
    ['a script in disguise', { action: 'java\nscript:alert(1)' }],
    ['a page of its own', { action: 'data:text/html,<script>alert(1)</script>' }],
    ['a relative address', { action: '/pay' }],
    ['another scheme', { action: 'sberpay://pay' }],
    ['a hidden host', { action: 'https://provider.example@evil.example/' }],
    ['the method "dialog"', { http_method: 'dialog' }],
    ['the method PUT', { http_method: 'PUT' }],
    ['no end of fields', { fields: many }],
  ] as const) {
    it(`is no way to pay, with ${what}: loading, and never a form on the page`, async () => {
      const checkout = await show(await FakePayment.create(formed(offer)));
      await live(checkout);
      expect(checkout.screen).to.equal('loading');
      expect(checkout.snapshot?.presentation).to.deep.equal({ kind: 'pending' });
      expect(text(checkout)).to.contain('Готовим оплату…');
      const inner = checkout.shadowRoot!.querySelector('sbp-other-ways')?.shadowRoot;
      expect(inner?.querySelector('form') ?? null).to.equal(null);
      expect(document.querySelector('form')).to.equal(null);
    });
  }

  it('shows markup in its fields to nobody', async () => {
    const markup = '"><img src=x onerror="window.hacked=true"><script>window.hacked=true</script>';
    const fields = [{ type: markup, name: markup, value: markup }];
    const checkout = await show(await FakePayment.create(formed({ fields })));
    const form = await theForm(checkout);
    expect([...new FormData(form)]).to.deep.equal([[markup, markup]]);
    expect(form.children.length).to.equal(2);
    expect('hacked' in window).to.be.false;
  });

  it('is taken to http only while the companion is there itself', async () => {
    // The fake companion is on plain http, as companions in development are.
    const checkout = await show(await FakePayment.create(formed({ action: 'http://127.0.0.1:1/pay' })));
    expect((await theForm(checkout)).getAttribute('action')).to.equal('http://127.0.0.1:1/pay');
    const { withSafePresentation: withSafeOffer } =
      await import('../../../../src/widget/state/safe-presentation.ts');
    const offered = formed({ action: 'http://provider.example/pay' });
    expect(withSafeOffer(offered, 'https://pay.example').presentation.kind).to.equal('pending');
    expect(withSafeOffer(offered, 'http://localhost:8787')).to.equal(offered);
  });

  it('becomes one when the companion offers another', async () => {
    const refused = formed({ action: 'javascript:0' });
    const payment = await FakePayment.create(refused);
    const checkout = await show(payment);
    await live(checkout);
    await payment.send({ ...formed(), payment_id: refused.payment_id, version: 2 });
    await until(() => checkout.screen === 'pay');
    await theForm(checkout);
  });
});
