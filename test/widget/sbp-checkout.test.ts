import { expect, fixture, fixtureCleanup, html } from '@open-wc/testing';
import '../../src/widget/index.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { play, shiftClock } from '../../demo/gallery/payer.ts';
import { SCENARIOS } from '../../demo/gallery/scenarios.ts';
import { inside, live, show, shown, text, until } from '../support/checkout.ts';
import {
  ENDPOINT,
  FakePayment,
  json,
  names,
  pause,
  problem,
  record,
  seen,
} from '../support/fake-companion.ts';
import { END, LINK, snapshot, sse } from '../support/snapshots.ts';
import { paste, tap, tapStaying } from '../support/tap.ts';

const SCHEME = LINK.replace('https', 'bank100000000004');
const BANKS = json({
  platform: 'ios',
  banks: [{ id: 'b4', name: 'Т-Банк', logo_url: null, aliases: [], url: SCHEME, links: [] }],
});

async function tapBank(checkout: SbpCheckout): Promise<void> {
  await tap(await shown(checkout, 'sbp-bank-picker', 'a[part=bank]'));
}

describe('<sbp-checkout> is accessible', () => {
  for (const scenario of SCENARIOS) {
    for (const theme of ['light', 'dark']) {
      it(`${scenario.name}, ${theme}`, async () => {
        const payment = await FakePayment.create(
          snapshot({ leftMs: scenario.left ?? 600_000, ...scenario.snapshot }),
          scenario.refusal
            ? { session: [problem(scenario.refusal)] }
            : scenario.snapshot
              ? {
                  banks: [scenario.noBanks ? { status: 503 } : BANKS],
                  acts: Object.fromEntries(
                    Object.entries(scenario.answers ?? {}).map(([path, reply]) => [path, [reply]]),
                  ),
                }
              : { session: [{ hang: true }] },
        );
        const checkout = await show(payment, { theme, device: scenario.device });
        checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
        await play(checkout, scenario.doings ?? [], { tap, type: paste });
        await seen(checkout, scenario.screen);
        await pause(300); // Wait for the animation of the result's mark: colours have no contrast before its end.
        await expect(checkout).to.be.accessible();
        shiftClock(0);
      });
    }
  }
});

describe('<sbp-checkout>', () => {
  it('shows a desktop the QR code, a phone the banks, a tablet both', async () => {
    for (const [type, qr, banks] of [
      ['desktop', true, false],
      ['mobile', false, true],
      ['tablet', true, true],
    ] as const) {
      const payment = await FakePayment.create(snapshot({ device: { type, os: null, browser: null } }));
      // Without a touchscreen the element does not detect a tablet, so set the attribute.
      const checkout = await show(payment, type === 'tablet' ? { device: type } : {});
      await seen(checkout, 'pay');
      expect(!!checkout.shadowRoot!.querySelector('sbp-qr-code'), type).to.equal(qr);
      expect(!!checkout.shadowRoot!.querySelector('sbp-bank-picker'), type).to.equal(banks);
    }
  });

  it('gets a bank list that failed once by itself', async () => {
    const payment = await FakePayment.create(snapshot(), { banks: [{ status: 503 }, BANKS] });
    const checkout = await show(payment, { device: 'mobile' });
    await shown(checkout, 'sbp-bank-picker', '.note');
    await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
    const banks = (await payment.log()).filter(({ path }) => path === 'banks');
    expect(banks.length).to.equal(2);
  });

  it('has its banks, their search and their heading on one line', async () => {
    const bank = { name: 'Банк', logo_url: null, aliases: [], url: SCHEME, links: [] };
    const banks = Array.from({ length: 12 }, (_, index) => ({ ...bank, id: `b${index}` }));
    const payment = await FakePayment.create(snapshot(), { banks: [json({ platform: 'ios', banks })] });
    const checkout = await show(payment, { device: 'mobile' });
    const picker = await until(() => checkout.shadowRoot!.querySelector('sbp-bank-picker')?.shadowRoot);
    const avatar = await until(() => picker.querySelector('.row .avatar'));
    const left = (element: Element) => element.getBoundingClientRect().left;
    expect(left(picker.querySelector('input')!)).to.equal(left(inside(checkout, 'h2')));
    expect(left(avatar)).to.equal(left(inside(checkout, 'h2')));
  });

  it('follows a payment to "paid" and tells the page each thing once', async () => {
    const payment = await FakePayment.create(snapshot());
    const heard = record(document.body);
    const checkout = await show(payment);
    await seen(checkout, 'pay');
    await live(checkout);
    await payment.send(snapshot({ version: 2, status: 'processing' }));
    await seen(checkout, 'waiting');
    const paid = snapshot({ version: 3, status: 'paid' });
    await payment.script(paid);
    await payment.send(sse(paid) + sse(paid) + END);
    await seen(checkout, 'paid');
    await checkout.refresh();
    window.dispatchEvent(new Event('focus'));
    window.dispatchEvent(new Event('online'));
    await pause(1_500);
    expect(names(heard)).to.deep.equal([
      ...['sbp-ready', 'sbp-status', 'sbp-step', 'sbp-step', 'sbp-connection'],
      ...['sbp-status', 'sbp-status', 'sbp-paid', 'sbp-step'],
    ]);
    expect(
      heard.filter(({ type }) => type === 'sbp-step').map(({ detail }) => (detail as { step: string }).step),
    ).to.deep.equal(['shown', 'qr', 'result']);
    expect(checkout.getAttribute('status')).to.equal('paid');
    expect(text(checkout)).to.contain('Оплачено').and.to.contain('1 250 ₽');
    expect((await payment.log()).length, 'nothing is asked after "paid"').to.equal(2);
  });

  it('says that late money is all right', async () => {
    const payment = await FakePayment.create(snapshot({ status: 'expired' }), {
      events: [{ body: sse(snapshot({ version: 2, status: 'paid', late: true })) }],
    });
    const heard = record(document.body);
    const checkout = await show(payment);
    await seen(checkout, 'paid');
    expect(text(checkout)).to.contain('Платёж дошёл чуть позже срока.');
    expect(names(heard)).to.include.members(['sbp-expired', 'sbp-paid']);
  });

  it('recovers when the companion cuts the line in the middle', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment);
    await live(checkout);
    await payment.cut();
    await payment.script(snapshot({ version: 2, status: 'paid' }), {
      events: [{ body: sse(snapshot({ version: 2, status: 'paid' })) }],
    });
    await seen(checkout, 'paid', 10_000);
  });

  it('shows trouble quietly and never as a failure', async () => {
    const payment = await FakePayment.create(snapshot(), {
      session: [{ drop: true }, { status: 500 }, { body: '<html>' }, { status: 503 }],
    });
    const heard = record(document.body);
    const checkout = await show(payment);
    await until(() => checkout.connection === 'offline');
    await checkout.updateComplete;
    expect(checkout.screen).to.equal('loading');
    expect(text(checkout)).to.contain('Сервис оплаты не отвечает. Страница обновится сама.');
    expect(text(checkout)).not.to.contain('Нет связи');
    await payment.script(snapshot());
    await seen(checkout, 'pay', 12_000);
    expect(names(heard)).not.to.include('sbp-error').and.not.to.include('sbp-failed');
  });

  for (const [what, token] of [
    ['wrong', 'pay_nobody.x'],
    ['missing', ''],
  ] as const) {
    it(`shows a ${what} token as an error, tells it once and asks no more`, async () => {
      const heard = record(document.body);
      const checkout = await fixture<SbpCheckout>(
        html`<sbp-checkout endpoint=${ENDPOINT} token=${token}></sbp-checkout>`,
      );
      await seen(checkout, 'error');
      await pause(1_500);
      expect(names(heard)).to.deep.equal(['sbp-error']);
      expect((heard[0]!.detail as { code: string }).code).to.equal(token ? 'http-401' : 'no-token');
      expect(text(checkout)).to.contain('Не удалось открыть оплату');
    });
  }

  it('opens another payment when the token changes, also out of an error', async () => {
    const payment = await FakePayment.create(snapshot());
    const other = await FakePayment.create(snapshot({ status: 'paid', amount: 99_950 }));
    const checkout = await fixture<SbpCheckout>(html`<sbp-checkout endpoint=${ENDPOINT}></sbp-checkout>`);
    await seen(checkout, 'error');
    checkout.token = payment.token;
    await seen(checkout, 'pay');
    checkout.token = other.token;
    await seen(checkout, 'paid');
    expect(text(checkout)).to.contain('999,50 ₽');
    await until(async () => (await payment.log()).every(({ closed }) => closed));
  });

  it('changes language, device and timer while it runs', async () => {
    const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
    const checkout = await show(payment);
    await seen(checkout, 'pay');
    expect(text(checkout)).to.match(/Код действует ещё (10:00|9:5\d)/);
    checkout.locale = 'en';
    checkout.timer = 'late';
    await checkout.updateComplete;
    expect(text(checkout))
      .to.contain('Pay with SBP')
      .and.to.contain('₽1,250')
      .and.not.to.contain('valid for');
    checkout.device = 'mobile';
    await checkout.updateComplete;
    expect(text(checkout)).to.contain('Choose your bank');
    expect((await payment.log()).filter(({ path }) => path === 'session').length).to.equal(1);
  });

  it('takes its language from the page', async () => {
    const payment = await FakePayment.create(snapshot());
    const box = await fixture<HTMLElement>(html`<div lang="en-GB"></div>`);
    const checkout = document.createElement('sbp-checkout');
    Object.assign(checkout, { endpoint: ENDPOINT, token: payment.token });
    box.append(checkout);
    await seen(checkout, 'pay');
    expect(text(checkout)).to.contain('Pay with SBP');
  });

  it('leaves no request behind when it is removed, and resumes when it is put back', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment);
    await live(checkout);
    const box = checkout.parentElement!;
    checkout.remove();
    await until(async () => (await payment.log()).every(({ closed }) => closed));
    const before = (await payment.log()).length;
    window.dispatchEvent(new Event('online'));
    await pause(1_500);
    expect((await payment.log()).length).to.equal(before);
    await payment.script(snapshot({ version: 2, status: 'paid' }));
    box.append(checkout);
    await seen(checkout, 'paid');
  });

  it('survives being moved', async () => {
    const payment = await FakePayment.create(snapshot());
    const heard = record(document.body);
    const checkout = await show(payment);
    await live(checkout);
    checkout.parentElement!.parentElement!.prepend(checkout);
    await pause(300);
    await live(checkout);
    expect(names(heard).filter((name) => name === 'sbp-ready').length).to.equal(1);
    checkout.remove();
  });

  it('says at once that the network is gone, and catches up at once when it is back', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment);
    await live(checkout);
    window.dispatchEvent(new Event('offline'));
    await checkout.updateComplete;
    expect(checkout.connection, 'though the stream still looks open').to.equal('offline');
    expect(text(checkout)).to.contain('Нет связи');
    await pause(1_100);
    const asked = (await payment.log()).length;
    window.dispatchEvent(new Event('online'));
    await live(checkout);
    expect(text(checkout)).not.to.contain('Нет связи');
    // The connection may be live again a moment before the requests arrive.
    await until(async () => (await payment.log()).length === asked + 2);
  });

  it('asks at once when the page comes back', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment);
    await live(checkout);
    await pause(1_100);
    await payment.script(snapshot({ version: 2, status: 'paid' }));
    window.dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }));
    await seen(checkout, 'paid', 1_000);
  });
});

describe('<sbp-checkout> and time', () => {
  for (const [what, serverNow] of [
    ['an hour ahead', Date.now() - 3_600_000],
    ['a day behind', Date.now() + 86_400_000],
  ] as const) {
    it(`does not mind the payer’s clock being ${what}`, async () => {
      const payment = await FakePayment.create(snapshot({ serverNow, leftMs: 90_000 }));
      const checkout = await show(payment);
      await seen(checkout, 'pay');
      expect(inside(checkout, '[part=timer]').textContent).to.match(/1:(30|29|28)/);
      expect(inside(checkout, '[part=timer]').classList.contains('late')).to.be.true;
    });
  }

  it('checks at zero, asks the server, and believes only it', async () => {
    const payment = await FakePayment.create(snapshot({ leftMs: 1_500 }));
    const checkout = await show(payment);
    await seen(checkout, 'pay');
    await seen(checkout, 'checking', 2_500);
    expect(text(checkout)).to.contain('Проверяем, прошёл ли платёж…');
    const asked = (await payment.log()).length;
    await until(async () => (await payment.log()).length > asked);
    expect(checkout.screen).to.equal('checking');
    await payment.script(snapshot({ version: 2, status: 'expired', leftMs: -1_000 }));
    await seen(checkout, 'expired', 6_000);
  });
});

describe('<sbp-checkout> and banks', () => {
  async function phone(): Promise<{ payment: FakePayment; checkout: SbpCheckout; opened: CustomEvent[] }> {
    const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
    const checkout = await show(payment, { device: 'mobile' });
    const opened: CustomEvent[] = [];
    checkout.addEventListener('sbp-bank-open', (event) => {
      opened.push(event);
      event.preventDefault();
    });
    return { payment, checkout, opened };
  }

  it('waits after a tap, opens again, and offers every other way', async () => {
    const { checkout, opened } = await phone();
    await tapBank(checkout);
    await seen(checkout, 'waiting');
    expect(opened[0]!.detail).to.deep.equal({ id: 'b4', name: 'Т-Банк', url: SCHEME });
    const again = await shown(checkout, 'sbp-bank-wait', 'a');
    expect(again.getAttribute('href')).to.equal(SCHEME);
    await tap(again);
    expect(opened.length).to.equal(2);
    await pause(20);
    expect(text(checkout)).to.contain('Я оплатил, проверить');
    const [other, qr] = inside(checkout, 'sbp-bank-wait').shadowRoot!.querySelectorAll('button');
    expect([other, qr].map((button) => button!.textContent.trim())).to.deep.equal([
      'Другой банк',
      'Показать QR-код',
    ]);
    await tap(qr!);
    await seen(checkout, 'pay');
    expect(inside(checkout, 'sbp-qr-code')).to.exist;
  });

  it('leads to the new link when the payment has another one', async () => {
    const { payment, checkout } = await phone();
    await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
    await live(checkout);
    const url = 'bank100000000004://qr.nspk.ru/another';
    const banks = [json({ banks: [{ id: 'b4', name: 'Т-Банк', url }] })];
    await payment.script(snapshot(), { banks });
    const presentation = { kind: 'link', url: 'https://qr.nspk.ru/another', deep_link: null } as const;
    await payment.send(snapshot({ version: 2, presentation }));
    await until(
      () => inside(checkout, 'sbp-bank-picker').shadowRoot!.querySelector('a')?.getAttribute('href') === url,
    );
  });

  it('leaves the opening to a shop that asks for it', async () => {
    const { checkout } = await phone();
    const followed = await tapStaying(await shown(checkout, 'sbp-bank-picker', 'a[part=bank]'));
    expect(followed).to.be.false;
  });

  it('moves the focus to what has come, not to the top of the page', async () => {
    const { checkout } = await phone();
    const show = await until(() => checkout.shadowRoot!.querySelector<HTMLElement>('.foot button'));
    await tapBank(checkout);
    await seen(checkout, 'waiting');
    expect(show.isConnected).to.be.false;
    const other = await shown(checkout, 'sbp-bank-wait', 'button');
    other.focus();
    await tap(other);
    await seen(checkout, 'pay');
    expect(checkout.shadowRoot!.activeElement?.localName).to.equal('h2');
  });
});

describe('<sbp-checkout> is the shop’s guest', () => {
  it('offers the parts it documents', async () => {
    const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
    const checkout = await show(payment, { device: 'tablet', class: 'shop' });
    await fixture(html`
      <style>
        .shop::part(base),
        .shop::part(amount),
        .shop::part(status),
        .shop::part(timer),
        .shop::part(qr),
        .shop::part(banks),
        .shop::part(bank),
        .shop::part(search),
        .shop::part(button),
        .shop::part(message) {
          outline-style: dotted;
        }
      </style>
    `);
    await seen(checkout, 'pay');
    const picker = await until(() => checkout.shadowRoot!.querySelector('sbp-bank-picker')?.shadowRoot);
    await until(() => picker.querySelector('[part=bank]'));
    const qr = inside(checkout, 'sbp-qr-code').shadowRoot!;
    const outline = (element: Element | null): string => getComputedStyle(element!).outlineStyle;
    for (const part of ['base', 'amount', 'status', 'timer']) {
      expect(outline(inside(checkout, `[part=${part}]`)), part).to.equal('dotted');
    }
    for (const part of ['banks', 'bank', 'search']) {
      expect(outline(picker.querySelector(`[part=${part}]`)), part).to.equal('dotted');
    }
    expect(outline(qr.querySelector('[part=qr]'))).to.equal('dotted');
    checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
    await tapBank(checkout);
    await seen(checkout, 'waiting');
    expect(outline(inside(checkout, '[part=button]'))).to.equal('dotted');
    expect(outline(inside(checkout, '[part=message]'))).to.equal('dotted');
  });

  it('shows the shop’s own header, logo, footer and results', async () => {
    for (const status of ['paid', 'failed', 'expired'] as const) {
      const payment = await FakePayment.create(snapshot({ status }));
      const checkout = await fixture<SbpCheckout>(html`
        <sbp-checkout endpoint=${ENDPOINT} token=${payment.token}>
          <p slot="header">h</p>
          <p slot="logo">l</p>
          <p slot="footer">f</p>
          <p slot=${status}>own</p>
        </sbp-checkout>
      `);
      await seen(checkout, status);
      for (const child of checkout.children) {
        expect((child as HTMLElement).offsetHeight, child.slot).to.be.greaterThan(0);
      }
      expect(inside(checkout, 'h2').offsetHeight).to.equal(0);
      fixtureCleanup();
    }
  });

  const COLORS = {
    '--sbp-text': ['.card', 'color'],
    '--sbp-muted': ['.order', 'color'],
    '--sbp-surface': ['.card', 'backgroundColor'],
    '--sbp-line': ['.card', 'borderTopColor'],
    '--sbp-subtle': ['input', 'backgroundColor'],
    '--sbp-accent': ['.foot .button', 'color'],
    '--sbp-warning': ['.timer', 'color'],
  } as const;

  for (const theme of ['light', 'dark']) {
    it(`takes the shop’s colours and shapes, ${theme}`, async () => {
      const payment = await FakePayment.create(snapshot({ leftMs: 60_000 }), { banks: [BANKS] });
      const checkout = await show(payment, { theme, device: 'mobile' });
      await seen(checkout, 'pay');
      const picker = await until(() => checkout.shadowRoot!.querySelector('sbp-bank-picker')?.shadowRoot);
      await until(() => picker.querySelector('input'));
      for (const [name, [selector, property]] of Object.entries(COLORS)) {
        const target = checkout.shadowRoot!.querySelector(selector) ?? picker.querySelector(selector);
        const before = getComputedStyle(target!)[property];
        checkout.style.setProperty(name, 'rgb(1, 2, 3)');
        const after = getComputedStyle(target!)[property];
        expect(after, name).to.equal('rgb(1, 2, 3)');
        expect(after, name).not.to.equal(before);
      }
      const desktop = await show(payment, { theme });
      await live(desktop);
      await desktop.updateComplete;
      desktop.style.setProperty('--sbp-success', 'rgb(1, 2, 3)');
      expect(getComputedStyle(inside(desktop, '.dot')).borderTopColor).to.equal('rgb(1, 2, 3)');
      checkout.style.setProperty('--sbp-radius-card', '3px');
      checkout.style.setProperty('--sbp-radius-button', '5px');
      checkout.style.setProperty('--sbp-max-width', '200px');
      expect(getComputedStyle(inside(checkout, '.card')).borderTopLeftRadius).to.equal('3px');
      expect(getComputedStyle(inside(checkout, '.button')).borderTopLeftRadius).to.equal('5px');
      expect(inside(checkout, '.card').offsetWidth).to.equal(200);
    });
  }

  it('takes the shop’s colours for results and buttons, and its radius for the code', async () => {
    const result = await show(
      await FakePayment.create(snapshot({ status: 'failed', return_url: 'https://shop.example/' })),
    );
    await seen(result, 'failed');
    result.style.setProperty('--sbp-danger', 'rgb(1, 2, 3)');
    result.style.setProperty('--sbp-on-accent', 'rgb(4, 5, 6)');
    expect(getComputedStyle(inside(result, '.mark circle')).fill).to.equal('rgb(1, 2, 3)');
    expect(getComputedStyle(inside(result, '.primary')).color).to.equal('rgb(4, 5, 6)');
    const pay = await show(await FakePayment.create(snapshot()));
    await seen(pay, 'pay');
    pay.style.setProperty('--sbp-radius', '7px');
    const plate = await until(() => inside(pay, 'sbp-qr-code').shadowRoot?.querySelector('[part=qr]'));
    expect(getComputedStyle(plate).borderTopLeftRadius).to.equal('7px');
  });

  it('cuts nothing at 280 px', async () => {
    for (const device of ['desktop', 'mobile', 'tablet']) {
      const payment = await FakePayment.create(snapshot({ amount: 123_456_789 }), { banks: [BANKS] });
      const checkout = await show(payment, { device });
      checkout.parentElement!.style.width = '280px';
      await seen(checkout, 'pay');
      await pause(100);
      expect(inside(checkout, '.card').scrollWidth, device).to.be.at.most(280);
    }
  });

  it('follows its container when that becomes narrow, the code too', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop' });
    await shown(checkout, 'sbp-qr-code', 'canvas');
    checkout.parentElement!.style.width = '280px';
    await until(() => inside(checkout, '.card').scrollWidth <= 280);
    await until(() => inside(checkout, 'sbp-qr-code', 'canvas').getBoundingClientRect().width < 250);
  });

  it('offers the way back to the shop by http(s) only', async () => {
    for (const [url, offered] of [
      ['https://shop.example/orders/1', true],
      ['http://192.168.1.5:3000/', true],
      ['javascript:alert(1)', false],
      ['/orders', false],
    ] as const) {
      const checkout = await show(await FakePayment.create(snapshot({ status: 'paid', return_url: url })));
      await seen(checkout, 'paid');
      expect(!!checkout.shadowRoot!.querySelector('a.primary'), url).to.equal(offered);
    }
  });

  it('shows hostile names as text', async () => {
    const name = '<img src=x onerror=alert(1)>';
    const checkout = await show(
      await FakePayment.create(snapshot({ order_id: name, merchant: { name, logo_url: null } })),
    );
    await seen(checkout, 'pay');
    expect(inside(checkout, '.shop').textContent).to.equal(name);
    expect(checkout.shadowRoot!.querySelector('img')).to.equal(null);
  });

  it('lets a second copy of the script pass', async () => {
    const { defineOnce } = await import('../../src/widget/browser/define-once.ts');
    expect(() => defineOnce('sbp-checkout', class extends HTMLElement {})).not.to.throw();
  });
});
