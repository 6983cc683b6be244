import { expect } from '@open-wc/testing';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { inside, show, text, until } from '../support/checkout.ts';
import { ENDPOINT, FakePayment, pause, seen } from '../support/fake-companion.ts';
import { snapshot } from '../support/snapshots.ts';

/** Collects the console's warnings from now on. */
function watchConsole(): { readonly warnings: string[]; stop(): void } {
  const warnings: string[] = [];
  const own = console.warn;
  console.warn = (...said: unknown[]) => void warnings.push(said.join(' '));
  return { warnings, stop: () => void (console.warn = own) };
}

async function opened(attributes: Record<string, string> = {}): Promise<SbpCheckout> {
  const checkout = await show(await FakePayment.create(snapshot()), { device: 'desktop', ...attributes });
  await seen(checkout, 'pay');
  return checkout;
}

/** Morphs as Turbo, Livewire and Alpine do: the server's markup decides on every attribute. */
function morph(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const name of element.getAttributeNames()) {
    if (!(name in attributes)) element.removeAttribute(name);
  }
  for (const [name, value] of Object.entries(attributes)) {
    if (element.getAttribute(name) !== value) element.setAttribute(name, value);
  }
}

/** The roughest morph: removes all attributes, then sets all of them. */
function replaceAll(element: Element, attributes: Readonly<Record<string, string>>): void {
  for (const name of element.getAttributeNames()) element.removeAttribute(name);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
}

const OPTIONS = {
  locale: 'en',
  theme: 'dark',
  device: 'mobile',
  timer: 'off',
  messages: { bank: 'Own' },
  redirect: 7,
  signal: 'sound',
} as const;

describe('options that a script has set as properties', () => {
  for (const [name, change] of Object.entries({ morph, replaceAll })) {
    it(`outlive the page's ${name}, with the token and the endpoint`, async () => {
      const checkout = await opened({ theme: 'light', redirect: '3', timer: 'late' });
      const markup = Object.fromEntries(
        ['endpoint', 'token', 'theme', 'redirect', 'timer', 'device'].map((key) => [
          key,
          checkout.getAttribute(key)!,
        ]),
      );
      Object.assign(checkout, OPTIONS);
      await checkout.updateComplete;
      const { token } = checkout;
      change(checkout, markup);
      change(checkout, {});
      change(checkout, markup);
      await checkout.updateComplete;
      for (const [option, value] of Object.entries(OPTIONS))
        expect(Reflect.get(checkout, option), option).to.deep.equal(value);
      expect(checkout.token).to.equal(token);
      expect(getComputedStyle(inside(checkout, '.card')).colorScheme).to.equal('dark');
    });
  }

  it('give way to an attribute that says something new', async () => {
    const checkout = await opened({ theme: 'light' });
    checkout.theme = 'dark';
    checkout.setAttribute('theme', 'auto');
    expect(checkout.theme).to.equal('auto');
    checkout.setAttribute('theme', 'light');
    expect(checkout.theme).to.equal('light');
    checkout.removeAttribute('theme');
    expect(checkout.theme).to.equal('auto');
    checkout.setAttribute('theme', 'light');
    expect(checkout.theme).to.equal('light');
  });

  it('are taken when they were set before the element was defined', async () => {
    const payment = await FakePayment.create(snapshot());
    // An element of another document is not defined before it is adopted.
    const early = document.implementation.createHTMLDocument().createElement('sbp-checkout');
    early.setAttribute('theme', 'light');
    early.setAttribute('messages', '[object Object]');
    const options = { ...OPTIONS, token: payment.token, endpoint: ENDPOINT };
    Object.assign(early, options);
    expect(early.constructor).to.equal(HTMLElement);
    const box = document.createElement('div');
    document.body.append(box);
    box.append(early);
    await until(() => (early as Partial<SbpCheckout>).snapshot);
    for (const [option, value] of Object.entries(options)) {
      expect(Object.hasOwn(early, option), option).to.be.false;
      expect(Reflect.get(early, option), option).to.deep.equal(value);
    }
    box.remove();
  });
});

describe('messages that a framework has written as an attribute', () => {
  it('are warned of once, and the property counts, whichever comes first', async () => {
    const console = watchConsole();
    const own = { pay: 'Моя оплата' };
    const checkout = await opened({ messages: '[object Texts]' });
    expect(checkout.messages).to.be.null;
    checkout.messages = own;
    checkout.setAttribute('messages', '[object Texts]');
    checkout.removeAttribute('messages');
    await checkout.updateComplete;
    expect(checkout.messages).to.equal(own);
    await opened({ messages: '[object Texts]' });
    console.stop();
    const { warnings } = console;
    expect(warnings.filter((line) => line.includes('messages='))).to.have.length(1);
    expect(warnings.join()).to.contain('element.messages');
  });

  it('are read from JSON as before', async () => {
    const checkout = await opened({ messages: '{"pay": "Текст магазина"}' });
    expect(checkout.messages).to.deep.equal({ pay: 'Текст магазина' });
    checkout.removeAttribute('messages');
    expect(checkout.messages).to.be.null;
  });
});

describe('attributes of the element’s own', () => {
  it('come after its first paint, and the theme never', async () => {
    const payment = await FakePayment.create(snapshot());
    const checkout = await show(payment, { theme: 'auto' });
    const given = checkout.getAttributeNames();
    await checkout.updateComplete;
    expect(checkout.getAttributeNames()).to.deep.equal(given);
    checkout.theme = 'dark';
    await seen(checkout, 'pay');
    expect(checkout.getAttribute('theme')).to.equal('auto');
    expect(checkout.getAttribute('status')).to.equal('created');
  });

  it('come back when a morph has taken them off or changed them', async () => {
    const checkout = await opened();
    for (const change of [
      () => checkout.removeAttribute('screen'),
      () => checkout.removeAttribute('status'),
      () => checkout.setAttribute('screen', 'paid'),
      () => checkout.setAttribute('status', 'paid'),
    ]) {
      change();
      await until(
        () => checkout.getAttribute('screen') === 'pay' && checkout.getAttribute('status') === 'created',
      );
    }
    await pause(50);
    expect(text(checkout)).to.contain('1 250 ₽');
  });

  it('keep a page with the token in its markup out of htmx’s history, and no other', async () => {
    const checkout = await opened();
    expect(checkout.getAttribute('data-hx-history')).to.equal('false');
    const payment = await FakePayment.create(snapshot());
    const other = document.createElement('sbp-checkout');
    Object.assign(other, { endpoint: ENDPOINT, token: payment.token });
    document.body.append(other);
    await seen(other, 'pay');
    expect(other.hasAttribute('data-hx-history')).to.be.false;
    other.remove();
  });
});
