import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, pause, seen } from '../../../support/fake-companion.ts';
import { LINK, snapshot } from '../../../support/snapshots.ts';
import { tap } from '../../../support/tap.ts';

const TOOLS = 'sbp-code-tools';

async function pay(attributes: Record<string, string> = {}): Promise<SbpCheckout> {
  const checkout = await show(await FakePayment.create(snapshot()), attributes);
  await seen(checkout, 'pay');
  await shown(checkout, TOOLS, '.copy');
  return checkout;
}

/** Sets a property of `navigator`. Returns the function that restores it. */
function having(name: string, value: unknown): () => void {
  Object.defineProperty(navigator, name, { value, configurable: true });
  return () => void Reflect.deleteProperty(navigator, name);
}

describe('the code’s tools', () => {
  it('copy the link byte for byte, or let the payer do it where a page may not', async () => {
    const checkout = await pay();
    const copied: string[] = [];
    const restore = having('clipboard', {
      writeText: (link: string) => Promise.resolve(void copied.push(link)),
    });
    await tap(inside(checkout, TOOLS, '.copy'));
    await until(() => inside(checkout, TOOLS, '.copy').innerText === 'Ссылка скопирована');
    expect(copied).to.deep.equal([LINK]);
    expect(inside(checkout, TOOLS, '[role=status]').innerText).to.equal('Ссылка скопирована');
    having('clipboard', undefined);
    inside(checkout, TOOLS, '.copy').focus();
    await tap(inside(checkout, TOOLS, '.copy'));
    const field = await shown<HTMLInputElement>(checkout, TOOLS, '.by-hand input');
    await until(() => inside(checkout, TOOLS).shadowRoot!.activeElement === field);
    expect(field.value).to.equal(LINK);
    expect(field.value.slice(field.selectionStart!, field.selectionEnd!)).to.equal(LINK);
    await expect(checkout).to.be.accessible();
    restore();
  });

  it('send the link by the system’s sheet, or by e-mail where there is none', async () => {
    const shared: ShareData[] = [];
    let restore = having('share', (what: ShareData) => {
      shared.push(what);
      return Promise.reject(new DOMException('called off', 'AbortError'));
    });
    const checkout = await pay();
    await tap(inside(checkout, TOOLS, '.send'));
    expect(shared.map(({ url }) => url)).to.deep.equal([LINK]);
    restore();
    restore = having('share', undefined);
    const mailing = await pay();
    const href = inside(mailing, TOOLS, '.send').getAttribute('href')!;
    const mail = new URL(href);
    expect(mail.protocol).to.equal('mailto:');
    expect(mail.pathname, 'to whom is the payer’s to say').to.equal('');
    expect(new URLSearchParams(mail.search).get('body')).to.equal(LINK);
    expect(href).not.to.contain('pay_1');
    restore();
  });

  it('do not offer to send to the phone that is in the hand, nor to enlarge what is as large as the phone', async () => {
    const checkout = await show(await FakePayment.create(snapshot()), { device: 'mobile' });
    await seen(checkout, 'pay');
    await tap(inside(checkout, '.foot .button'));
    const tools = await shown(checkout, TOOLS, '.copy');
    expect((tools.getRootNode() as ShadowRoot).querySelector('.send, .enlarge')).to.be.null;
  });

  it('enlarge the code, as much as the window holds, and give the focus back', async () => {
    const checkout = await pay();
    const button = inside(checkout, TOOLS, '.enlarge');
    button.focus();
    await tap(button);
    const dialog = await shown<HTMLDialogElement>(checkout, TOOLS, 'dialog');
    await until(() => dialog.open);
    const code = await until(() => dialog.querySelector('sbp-qr-code')?.shadowRoot?.querySelector('canvas'));
    const plain = await shown(checkout, 'sbp-qr-code', 'canvas');
    await until(() => code.getBoundingClientRect().width > plain.getBoundingClientRect().width);
    const { right, bottom } = dialog.getBoundingClientRect();
    expect(right <= innerWidth && bottom <= innerHeight, 'whole').to.be.true;
    await expect(dialog).to.be.accessible();
    await tap(dialog.querySelector('button')!);
    await until(() => !inside(checkout, TOOLS).shadowRoot!.querySelector('dialog'));
    expect(inside(checkout, TOOLS).shadowRoot!.activeElement).to.equal(button);
  });

  it('move nothing when they come', async () => {
    const checkout = await show(await FakePayment.create(snapshot()));
    await seen(checkout, 'pay');
    const before = inside(checkout, '.guide').getBoundingClientRect().height;
    await shown(checkout, TOOLS, '.copy');
    await pause(50);
    expect(inside(checkout, '.guide').getBoundingClientRect().height).to.equal(before);
  });
});

describe('a screen with a code', () => {
  it('stays on, as long as the code is there', async () => {
    let held = 0;
    const restore = having('wakeLock', {
      request: () => {
        held++;
        const lock = {
          released: false,
          release: () => Promise.resolve(void (held--, (lock.released = true))),
        };
        return Promise.resolve(lock);
      },
    });
    const checkout = await pay();
    await until(() => held === 1);
    document.dispatchEvent(new Event('visibilitychange'));
    await pause(20);
    expect(held, 'one is enough').to.equal(1);
    checkout.remove();
    await until(() => held === 0);
    restore();
  });

  it('shows the code where the browser refuses to stay on, or cannot', async () => {
    for (const lock of [
      undefined,
      { request: () => Promise.reject(new DOMException('', 'NotAllowedError')) },
    ]) {
      const restore = having('wakeLock', lock);
      await shown(await pay(), 'sbp-qr-code', 'canvas');
      restore();
    }
  });
});

describe('a payment that is paid', () => {
  const { title } = document;
  const icon = (): string | undefined => document.querySelector<HTMLLinkElement>('link[rel=icon]')?.href;

  function hide(hidden: boolean): void {
    Object.defineProperty(document, 'visibilityState', {
      configurable: true,
      get: () => (hidden ? 'hidden' : 'visible'),
    });
    document.dispatchEvent(new Event('visibilitychange'));
  }

  async function paid(attributes: Record<string, string> = {}, away = true): Promise<void> {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment, attributes);
    await live(checkout);
    hide(away); // A browser without a window may call every page hidden.
    await payment.send(snapshot({ version: 2, status: 'paid' }));
    await seen(checkout, 'paid');
    expect(text(checkout)).to.contain('Оплачено');
  }

  afterEach(() => {
    Reflect.deleteProperty(document, 'visibilityState');
    document.dispatchEvent(new Event('visibilitychange'));
  });

  it('marks a tab in the background, until it is looked at', async () => {
    document.title = 'Магазин';
    await paid();
    await until(() => document.title === '✓ Оплачено · Магазин');
    expect(icon()).to.match(/\/paid\.svg$/);
    hide(false);
    expect(document.title).to.equal('Магазин');
    expect(icon()).to.be.undefined;
    document.title = title;
  });

  it('leaves a title alone that the page has changed since', async () => {
    await paid();
    await until(() => document.title.startsWith('✓'));
    document.title = 'Спасибо';
    hide(false);
    expect(document.title).to.equal('Спасибо');
    document.title = title;
  });

  it('leaves a tab alone that is looked at, and a payment that was paid before', async () => {
    await paid({}, false);
    await pause(200); // Enough time to load the module that would mark the tab.
    hide(true);
    await seen(await show(await FakePayment.create(snapshot({ status: 'paid' }))), 'paid');
    await pause(200);
    expect(document.title).to.equal(title);
  });

  it('sounds and shakes only where it was asked to', async () => {
    const shaken: unknown[] = [];
    let sounded = 0;
    const restore = having('vibrate', (pattern: unknown) => shaken.push(pattern));
    const { AudioContext } = window;
    class Counting extends AudioContext {
      constructor() {
        super();
        sounded++;
      }
    }
    window.AudioContext = Counting;
    await paid({}, false);
    await paid({ signal: 'vibration' }, false);
    await until(() => shaken.length > 0);
    expect([shaken.length, sounded]).to.deep.equal([1, 0]);
    await paid({ signal: 'sound vibration' }, false);
    await until(() => sounded > 0);
    expect([shaken.length, sounded]).to.deep.equal([2, 1]);
    window.AudioContext = AudioContext;
    restore();
  });
});
