import { expect, fixture, html } from '@open-wc/testing';
import type { Snapshot } from '../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { inside, show, shown, text, until } from '../../support/checkout.ts';
import { FakePayment, json, pause, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';
import { tap, tapTimes, typeInto } from '../../support/tap.ts';

const URL_ = 'https://sberbank.example/pay?bankInvoiceId=0123456789abcdef0123456789abcdef';
const DEEP = 'sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef&operationType=Web2App';
const PUSH = ['sbp-other-ways', 'sbp-phone-push'];

function sberpay(changes: Partial<Snapshot> = {}): Snapshot {
  return snapshot({
    method: 'sberpay',
    methods: ['sberpay'],
    presentation: { kind: 'link', url: URL_, deep_link: DEEP },
    ...changes,
  });
}

function link(url: string, deep_link: string | null): Partial<Snapshot> {
  return { presentation: { kind: 'link', url, deep_link } };
}

async function appLink(checkout: SbpCheckout): Promise<HTMLAnchorElement> {
  return shown<HTMLAnchorElement>(checkout, 'sbp-bank-picker', 'a');
}

describe('a SberPay link', () => {
  it('is a code on a desktop, and opens in the browser there', async () => {
    const payment = await FakePayment.create(sberpay());
    const checkout = await show(payment, { device: 'desktop' });
    await shown(checkout, 'sbp-qr-code', 'canvas');
    expect((inside(checkout, 'sbp-qr-code') as HTMLElement & { payload: string }).payload).to.equal(URL_);
    expect(text(checkout)).to.contain('Оплата через Сбербанк').and.not.to.contain('СБП');
    expect(text(checkout), 'no other app will do')
      .to.contain('Откройте приложение СберБанк Онлайн')
      .and.not.to.contain('приложение банка или камеру');
    await tap(inside(checkout, '.onward'));
    const app = await appLink(checkout);
    expect([app.getAttribute('href'), app.target, app.rel]).to.deep.equal([
      URL_,
      '_blank',
      'noopener noreferrer',
    ]);
  });

  it('is one button on a phone, which opens the app, and no list of banks', async () => {
    const payment = await FakePayment.create(sberpay());
    const checkout = await show(payment, { device: 'mobile' });
    const app = await appLink(checkout);
    expect(app.innerText).to.equal('Открыть приложение банка');
    expect([app.getAttribute('href'), app.target]).to.deep.equal([DEEP, '']);
    expect(inside(checkout, 'sbp-bank-picker').shadowRoot!.querySelector('input')).to.equal(null);
    expect((await payment.log()).some(({ path }) => path === 'banks')).to.be.false;
  });

  it('is both on a tablet', async () => {
    const checkout = await show(await FakePayment.create(sberpay()), { device: 'tablet' });
    await shown(checkout, 'sbp-qr-code', 'canvas');
    expect((await appLink(checkout)).getAttribute('href')).to.equal(DEEP);
  });

  it('leaves the payer with "waiting", the way there again and the code, but no other bank', async () => {
    const checkout = await show(await FakePayment.create(sberpay()), { device: 'mobile' });
    const opened: unknown[] = [];
    checkout.addEventListener('sbp-bank-open', (event) => {
      opened.push(event.detail);
      event.preventDefault();
    });
    await tap(await appLink(checkout));
    await seen(checkout, 'waiting');
    expect(opened).to.deep.equal([{ id: 'sberpay', name: 'Сбербанк', url: DEEP }]);
    const again = await shown(checkout, 'sbp-bank-wait', 'a');
    expect(again.getAttribute('href'), 'by its page, where the app did not open').to.equal(URL_);
    const ways = inside(checkout, 'sbp-bank-wait', '.ways').textContent;
    expect(ways).to.contain('Показать QR-код').and.not.to.contain('Другой банк');
  });

  for (const [what, changes, href] of [
    ['no deep link', link(URL_, null), URL_],
    ['a deep link of no known app', link(URL_, 'evil://pay'), URL_],
    ['a deep link that is a script', link(URL_, 'javascript:alert(1)'), URL_],
    ['an older app’s deep link', link(URL_, 'startonline://sbolpay/x'), 'startonline://sbolpay/x'],
  ] as const) {
    it(`opens only what is safe: ${what}`, async () => {
      const checkout = await show(await FakePayment.create(sberpay(changes)), { device: 'mobile' });
      await seen(checkout, 'pay');
      const picker = await until(() => inside(checkout, 'sbp-bank-picker').shadowRoot);
      await pause(50);
      expect(picker.querySelector('a')?.getAttribute('href') ?? null).to.equal(href);
      expect(text(checkout), 'there is always the code').to.contain('Показать QR-код');
    });
  }

  it('is no button at all where neither link may be tapped, but a code for another device', async () => {
    const strange = sberpay(link('http://evil.example/', 'evil://pay'));
    const checkout = await show(await FakePayment.create(strange), { device: 'mobile' });
    await shown(checkout, 'sbp-qr-code', '[role=img]');
    expect(checkout.shadowRoot!.querySelector('sbp-bank-picker')).to.equal(null);
    expect(text(checkout)).to.contain('оплатите с другого').and.not.to.contain('Оплатить на этом устройстве');
  });

  it('gives way to the bank list when the payer changes to SBP', async () => {
    const several = { methods: ['sbp', 'sberpay'], actions: ['method'] } as const;
    const banks = { platform: 'ios', banks: [{ id: 'b4', name: 'Т-Банк', url: 'bank100000000004://x' }] };
    const payment = await FakePayment.create(sberpay(several), {
      banks: [json(banks)],
      acts: { '/method': [json(snapshot({ ...several, version: 2 }))] },
    });
    const checkout = await show(payment, { device: 'mobile' });
    await appLink(checkout);
    await tap(inside(checkout, '.other'));
    await tap(await shown(checkout, 'sbp-other-ways', 'sbp-method-list', 'button'));
    await shown(checkout, 'sbp-bank-picker', '[part=bank]');
    expect(text(checkout)).to.contain('Выберите банк');
  });
});

describe('a message to the payer’s phone', () => {
  async function offered(
    acts: Parameters<typeof FakePayment.create>[1] = {},
    device = 'desktop',
  ): Promise<{ payment: FakePayment; checkout: SbpCheckout; phone: HTMLInputElement }> {
    const payment = await FakePayment.create(sberpay({ actions: ['push'] }), acts);
    const checkout = await show(payment, { device });
    return { payment, checkout, phone: await shown<HTMLInputElement>(checkout, ...PUSH, 'input') };
  }

  const said = (checkout: SbpCheckout): string => inside(checkout, ...PUSH, '[role=status]').innerText;
  const send = (checkout: SbpCheckout): Promise<void> => tap(inside(checkout, ...PUSH, 'button'));
  const sent = async (payment: FakePayment): Promise<string[]> =>
    (await payment.log()).filter(({ path }) => path === '/push').map(({ body }) => body);

  it('goes to the number in any usual spelling, and says so', async () => {
    for (const device of ['desktop', 'mobile', 'tablet']) {
      const { payment, checkout, phone } = await offered({}, device);
      expect([phone.type, phone.autocomplete]).to.deep.equal(['tel', 'tel-national']);
      expect(phone.labels![0]!.innerText).to.equal('Номер телефона');
      await typeInto(phone, '8 (999) 000-11-22');
      await send(checkout);
      await until(() => said(checkout) === 'Отправили. Откройте уведомление на телефоне.');
      expect(inside(checkout, ...PUSH, 'button').innerText).to.equal('Отправить ещё раз');
      expect(await sent(payment)).to.deep.equal(['{"phone":"79990001122"}']);
      expect(checkout.screen).to.equal('pay');
    }
  });

  it('is not sent to what is no number', async () => {
    const { payment, checkout, phone } = await offered();
    for (const value of ['', '12', 'мой номер', '+1 202 555 0100']) {
      await typeInto(phone, value);
      await send(checkout);
      await until(() => said(checkout).startsWith('Проверьте номер'));
      expect(phone.getAttribute('aria-invalid')).to.equal('true');
    }
    expect(await sent(payment)).to.be.empty;
    await typeInto(phone, '9990001122');
    await send(checkout);
    await until(() => said(checkout).startsWith('Отправили'));
    expect(phone.hasAttribute('aria-invalid')).to.be.false;
  });

  for (const [what, reply, words] of [
    ['the bank refuses it', { status: 409 }, 'Не удалось отправить. Проверьте номер и попробуйте ещё раз.'],
    ['the number is refused', { status: 422 }, 'Проверьте номер: нужен российский'],
    [
      'it was sent too often',
      { status: 429, headers: { 'retry-after': '20' } },
      'Подождите 20 с и попробуйте ещё раз.',
    ],
    ['the network fails', { drop: true }, 'Не получилось. Проверьте интернет и попробуйте ещё раз.'],
  ] as const) {
    it(`leaves the payment as it is when ${what}`, async () => {
      const { checkout, phone } = await offered({ acts: { '/push': [reply] } });
      await typeInto(phone, '+7 999 000-11-22');
      await send(checkout);
      await until(() => said(checkout).includes(words));
      expect(checkout.screen).to.equal('pay');
      expect(phone.value, 'the number stays').to.equal('+7 999 000-11-22');
      expect(inside(checkout, 'sbp-qr-code')).to.exist;
    });
  }

  it('is sent once, however often it is tapped', async () => {
    const reply = { ...json(sberpay({ actions: ['push'] })), delayMs: 200 };
    const { payment, checkout, phone } = await offered({ acts: { '/push': [reply] } });
    await typeInto(phone, '9990001122');
    await tapTimes(inside(checkout, ...PUSH, 'button'), 3);
    await until(() => said(checkout));
    expect((await sent(payment)).length).to.equal(1);
  });

  it('is offered only where the companion offers it', async () => {
    const checkout = await show(await FakePayment.create(sberpay()), { device: 'mobile' });
    await appLink(checkout);
    expect(checkout.shadowRoot!.querySelector('sbp-other-ways')).to.equal(null);
  });

  it('has its documented parts, and cuts nothing at 280 px', async () => {
    await fixture(html`
      <style>
        sbp-checkout::part(phone),
        sbp-checkout::part(message) {
          outline-style: dotted;
        }
      </style>
    `);
    for (const device of ['desktop', 'mobile']) {
      const { checkout, phone } = await offered({}, device);
      checkout.parentElement!.style.width = '280px';
      await send(checkout);
      await until(() => said(checkout));
      await pause(100);
      expect(getComputedStyle(phone).outlineStyle).to.equal('dotted');
      expect(getComputedStyle(inside(checkout, ...PUSH, '[part=message]')).outlineStyle).to.equal('dotted');
      expect(inside(checkout, '.card').scrollWidth, device).to.be.at.most(280);
      const push = inside(checkout, ...PUSH);
      expect(push.scrollWidth).to.be.at.most(push.clientWidth);
    }
  });
});
