import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, json, pause, record, seen } from '../../../support/fake-companion.ts';
import { LINK, snapshot } from '../../../support/snapshots.ts';
import { tap, tapTimes } from '../../../support/tap.ts';

const SCHEME = LINK.replace('https', 'bank100000000004');
const BANKS = json({
  platform: 'ios',
  banks: [{ id: 'b4', name: 'Т-Банк', logo_url: null, aliases: [], url: SCHEME, links: [] }],
});
const KEY = 'sbp-checkout:gone:pay_1';

async function phone(
  changes: Parameters<typeof snapshot>[0] = {},
): Promise<{ payment: FakePayment; checkout: SbpCheckout }> {
  const payment = await FakePayment.create(snapshot(changes), { banks: [BANKS] });
  return { payment, checkout: await onPhone(payment) };
}

/** Shows the payment as after a load or reload of the shop's page. The tests open no real bank. */
async function onPhone(payment: FakePayment): Promise<SbpCheckout> {
  const checkout = await show(payment, { device: 'mobile' });
  checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
  return checkout;
}

async function goToBank(checkout: SbpCheckout): Promise<void> {
  await tap(await shown(checkout, 'sbp-bank-picker', 'a[part=bank]'));
  await seen(checkout, 'waiting');
  await shown(checkout, 'sbp-bank-wait', '.ways');
}

function asks(checkout: SbpCheckout): boolean {
  return inside(checkout, 'sbp-bank-wait', '.ways').classList.contains('first');
}

function steps(heard: readonly CustomEvent[]): string[] {
  return heard
    .filter(({ type }) => type === 'sbp-step')
    .map(({ detail }) => (detail as { step: string }).step);
}

function pretendHidden(hidden: boolean): void {
  Object.defineProperty(document, 'visibilityState', {
    configurable: true,
    get: () => (hidden ? 'hidden' : 'visible'),
  });
  document.dispatchEvent(new Event('visibilitychange'));
}

afterEach(() => Reflect.deleteProperty(document, 'visibilityState'));

describe('after a bank was tapped', () => {
  it('the ways on are there at once, and first where the page is still looked at two seconds later', async () => {
    const { checkout } = await phone();
    await goToBank(checkout);
    expect(text(checkout)).to.contain('Подтвердите оплату в приложении банка');
    const part = inside(checkout, 'sbp-bank-wait').shadowRoot!;
    expect(part.querySelector('[role=status]')!.textContent).to.equal('');
    const before = inside(checkout, 'sbp-bank-wait', '.again').getBoundingClientRect();
    await pause(1_700);
    expect(asks(checkout)).to.be.false;
    await until(() => asks(checkout));
    expect(part.querySelector('[role=status]')!.textContent).to.equal('Приложение не открылось?');
    expect(part.textContent).not.to.match(/не установлен|ошибк/i);
    const after = inside(checkout, 'sbp-bank-wait', '.again').getBoundingClientRect();
    expect(after.top, 'nothing moves under the finger').to.equal(before.top);
    await expect(checkout).to.be.accessible();
  });

  it('they stay in the background when something has opened, also on the way back', async () => {
    const { checkout } = await phone();
    await goToBank(checkout);
    pretendHidden(true);
    await pause(2_100);
    pretendHidden(false);
    await pause(300);
    expect(checkout.screen).to.equal('waiting');
    expect(asks(checkout)).to.be.false;
  });

  it('a check by the payer is told about, from the tap to what it came to', async () => {
    const { payment, checkout } = await phone();
    await goToBank(checkout);
    const check = [...checkout.shadowRoot!.querySelectorAll('button')].find(
      ({ innerText }) => innerText === 'Я оплатил, проверить',
    )!;
    const line = inside(checkout, '.actions [role=status]');
    expect(line.innerText).to.equal('');
    await tap(check);
    await until(() => line.innerText === 'Проверяем…');
    await until(() => line.innerText === 'Банк ещё не подтвердил оплату. Страница обновится сама.');
    await expect(checkout).to.be.accessible();
    await payment.script(snapshot(), { session: [{ status: 429, headers: { 'retry-after': '60' } }] });
    await tap(check);
    await until(() => line.innerText === 'Пока не удалось проверить. Страница обновится сама.');
    const asked = (await payment.log()).length;
    await tapTimes(check, 30);
    await pause(1_500);
    expect((await payment.log()).length).to.equal(asked);
    await payment.send(snapshot({ version: 2, status: 'processing' }));
    await until(() => text(checkout).includes('Банк обрабатывает платёж'));
    expect(text(checkout)).not.to.contain('Пока не удалось');
  });

  it('"returned" is told of a payer who was away, once, and not of a window that got its focus back', async () => {
    const { checkout } = await phone();
    const heard = record(checkout);
    await goToBank(checkout);
    window.dispatchEvent(new Event('focus'));
    await pause(50);
    expect(steps(heard)).not.to.include('returned');
    for (const hidden of [true, false, true, false]) pretendHidden(hidden);
    await pause(50);
    expect(steps(heard).slice(-2)).to.deep.equal(['bank-open', 'returned']);
  });

  it('another tap begins anew', async () => {
    const { checkout } = await phone();
    await goToBank(checkout);
    await until(() => asks(checkout));
    await tap(inside(checkout, 'sbp-bank-wait', 'a'));
    await until(() => !asks(checkout));
    await until(() => asks(checkout));
  });

  it('leaves no timer behind when it is removed', async () => {
    const { checkout } = await phone();
    await goToBank(checkout);
    const part = inside(checkout, 'sbp-bank-wait', '.ways');
    checkout.remove();
    await pause(2_200);
    expect(part.classList.contains('first')).to.be.false;
  });

  it('follows a link by itself: nothing is asked of anybody between the tap and the bank', async () => {
    const { payment, checkout } = await phone();
    const link = await shown<HTMLAnchorElement>(checkout, 'sbp-bank-picker', 'a[part=bank]');
    await live(checkout);
    const asked = (await payment.log()).length;
    let there = false;
    window.addEventListener('click', () => queueMicrotask(() => (there = link.isConnected)), { once: true });
    await tap(link);
    expect(link.href, 'a real link').to.equal(SCHEME);
    expect(link.target, 'of the page itself').to.equal('');
    expect(there, 'still there when the browser follows it').to.be.true;
    await seen(checkout, 'waiting');
    expect((await payment.log()).length).to.equal(asked);
  });
});

describe('a bank with several links', () => {
  const INTENT = `${LINK.replace('https', 'intent')}#Intent;scheme=bank100000000004;end`;
  const links = [
    { kind: 'scheme', url: SCHEME },
    { kind: 'intent', url: INTENT },
    { kind: 'web', url: 'javascript:alert(1)' },
  ];
  const several = json({ banks: [{ id: 'b4', name: 'Т-Банк', url: SCHEME, links }] });
  const again = async (checkout: SbpCheckout): Promise<HTMLElement> => shown(checkout, 'sbp-bank-wait', 'a');

  it('is opened again by the next of them, in turn, also on a page loaded anew', async () => {
    const payment = await FakePayment.create(snapshot(), { banks: [several] });
    const checkout = await onPhone(payment);
    const opened: string[] = [];
    document.body.addEventListener('sbp-bank-open', (event) => {
      opened.push((event as CustomEvent<{ url: string }>).detail.url);
    });
    await goToBank(checkout);
    expect((await again(checkout)).getAttribute('href')).to.equal(INTENT);
    await tap(await again(checkout));
    await until(async () => (await again(checkout)).getAttribute('href') === SCHEME);
    checkout.remove();
    const back = await onPhone(payment);
    await seen(back, 'waiting');
    expect((await again(back)).getAttribute('href'), 'the intent was the last one').to.equal(SCHEME);
    await tap(await again(back));
    await until(async () => (await again(back)).getAttribute('href') === INTENT);
    expect(opened).to.deep.equal([SCHEME, INTENT, SCHEME]);
  });
});

describe('on a page that was thrown away while the payer was in the bank', () => {
  it('waits, with the same bank to open again', async () => {
    const { payment, checkout } = await phone();
    await goToBank(checkout);
    checkout.remove();
    const heard = record(document.body);
    const back = await onPhone(payment);
    await seen(back, 'waiting');
    expect((await shown(back, 'sbp-bank-wait', 'a')).getAttribute('href')).to.equal(SCHEME);
    expect(steps(heard), 'neither shown nor listed once more').to.deep.equal(['returned']);
    await pause(2_200);
    expect(asks(back), 'nothing was tapped here').to.be.false;
    expect(sessionStorage.getItem(KEY)).to.equal(
      JSON.stringify([1, { id: 'b4', name: 'Т-Банк', url: SCHEME, links: [{ url: SCHEME }] }]),
    );
    expect(JSON.stringify(sessionStorage)).not.to.contain(payment.token);
  });

  it('shows what there is, on a desktop that was to pay by itself as well', async () => {
    const { payment, checkout } = await phone();
    await goToBank(checkout);
    checkout.remove();
    const back = await show(payment, { device: 'desktop' });
    await seen(back, 'waiting');
    await shown(back, 'sbp-bank-wait', '.ways');
  });

  it('shows the list once another bank was wanted', async () => {
    const { payment, checkout } = await phone();
    await goToBank(checkout);
    await tap(inside(checkout, 'sbp-bank-wait', 'button'));
    await seen(checkout, 'pay');
    expect(sessionStorage.length).to.equal(0);
    checkout.remove();
    await seen(await onPhone(payment), 'pay');
  });

  it('forgets at a result, told here or found on the way back', async () => {
    const { payment, checkout } = await phone();
    await live(checkout);
    await goToBank(checkout);
    await payment.send(snapshot({ version: 2, status: 'paid' }));
    await seen(checkout, 'paid');
    expect(sessionStorage.length).to.equal(0);
    sessionStorage.setItem(KEY, '[1,"form"]');
    await payment.script(snapshot({ version: 2, status: 'paid' }));
    await seen(await onPhone(payment), 'paid');
    expect(sessionStorage.length).to.equal(0);
  });

  it('forgets when the payment has a new code', async () => {
    const { payment, checkout } = await phone();
    await live(checkout);
    await goToBank(checkout);
    const presentation = { kind: 'link', url: 'https://qr.nspk.ru/another', deep_link: null } as const;
    await payment.send(snapshot({ version: 2, presentation }));
    await seen(checkout, 'pay');
    expect(sessionStorage.length).to.equal(0);
  });

  it('is not misled by what else is kept there', async () => {
    const kept = [
      '',
      '{',
      'null',
      '[]',
      '[1]',
      '[1,5]',
      '[1,{}]',
      '[1,{"id":"b4","name":"x","url":"bank100000000004://x"}]',
      '[2,{"id":"b4","name":"x","url":"bank100000000004://x","links":[]}]',
      '[1,{"id":"b4","name":"x","url":"javascript:alert(1)","links":[]}]',
      '[1,{"id":"b4","name":"x","url":"bank100000000004://x","links":[{"url":"javascript:alert(1)"}]}]',
      '[1,{"id":"b4","name":"x","url":{"toString":1},"links":[]}]',
      '[1,{"id":"b4","name":"x","url":"bank100000000004://x","links":[{"url":5},null]}]',
      '[1,{"id":"b4","name":"x","url":"bank100000000004://x","links":7}]',
      '[1,"form"]',
      '[1,"<img src=x>"]',
    ];
    for (const text of kept) {
      const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
      sessionStorage.setItem(KEY, text);
      const checkout = await onPhone(payment);
      await until(() => ['pay', 'waiting'].includes(checkout.getAttribute('screen') ?? ''));
      await pause(30);
      const links = checkout.shadowRoot!.querySelector('sbp-bank-wait')?.shadowRoot?.querySelectorAll('a');
      expect(links?.length ?? 0, text).to.equal(0);
      checkout.remove();
    }
  });

  it('needs no storage at all', async () => {
    const real = Object.getOwnPropertyDescriptor(window, 'sessionStorage')!;
    const { checkout } = await phone();
    Object.defineProperty(window, 'sessionStorage', {
      configurable: true,
      get() {
        throw new DOMException('no storage in this frame', 'SecurityError');
      },
    });
    try {
      await goToBank(checkout);
      await tap(inside(checkout, 'sbp-bank-wait', 'button'));
      await seen(checkout, 'pay');
    } finally {
      Object.defineProperty(window, 'sessionStorage', real);
    }
  });
});
