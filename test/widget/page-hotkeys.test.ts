/** A page with hotkeys does not see what the payer types into our fields. */
import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { show, shown, until } from '../support/checkout.ts';
import { FakePayment, json } from '../support/fake-companion.ts';
import { LINK, snapshot } from '../support/snapshots.ts';
import { paste, tap, typeInto } from '../support/tap.ts';

const url = LINK.replace('https', 'bank100000000004');
const BANKS = json({ banks: ['Альфа-Банк', 'Сбербанк', 'ВТБ'].map((name) => ({ id: name, name, url })) });
const TYPES = ['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'copy', 'cut', 'paste'];
const SBERPAY = { method: 'sberpay', methods: ['sberpay'], actions: ['push'] } as const;
const SCAN = { method: 'buyer_qr', presentation: { kind: 'scan' }, actions: ['buyer_qr'] } as const;

const FIELDS: readonly (readonly [string, Parameters<typeof snapshot>[0], readonly string[]])[] = [
  ['the bank search', {}, ['sbp-bank-picker', 'input']],
  ['the phone', SBERPAY, ['sbp-other-ways', 'sbp-phone-push', 'input']],
  ['the payer’s code', SCAN, ['sbp-other-ways', 'sbp-scanner', 'input']],
];

let heard: string[] = [];
const listen = (event: Event): void =>
  void heard.push(event instanceof KeyboardEvent ? `${event.type} ${event.key}` : event.type);

beforeEach(() => {
  heard = [];
  for (const type of TYPES) document.addEventListener(type, listen);
});
afterEach(() => {
  for (const type of TYPES) document.removeEventListener(type, listen);
});

async function open(changes: Parameters<typeof snapshot>[0]): Promise<SbpCheckout> {
  const payment = await FakePayment.create(snapshot(changes), { banks: [BANKS] });
  return show(payment, { device: 'mobile' });
}

describe('the page’s hotkeys', () => {
  for (const [what, changes, path] of FIELDS) {
    it(`do not hear what is typed, pasted, copied or cut in ${what}`, async () => {
      const checkout = await open(changes);
      const field = await shown<HTMLInputElement>(checkout, ...path);
      await typeInto(field, 's/7');
      for (const key of ['ArrowLeft', 'Home', 'End', 'Backspace']) await sendKeys({ press: key });
      expect(field.value).to.equal('s/');
      await paste(field, 'abc');
      field.select();
      for (const command of ['copy', 'cut']) {
        const editor = document as unknown as { execCommand(command: string): void };
        editor.execCommand(command);
      }
      expect(heard).to.deep.equal([]);
    });

    it(`hear Escape, Tab and the function keys in ${what}`, async () => {
      const checkout = await open(changes);
      await tap(await shown(checkout, ...path));
      for (const key of ['Escape', 'F2', 'Tab']) await sendKeys({ press: key });
      expect(heard).to.include.members(['keydown Escape', 'keydown F2', 'keydown Tab']);
    });
  }

  it('leave the payer’s search alone where a page takes every key', async () => {
    const site = await fixture<HTMLInputElement>(html`<input aria-label="site" />`);
    const hotkeys = (event: KeyboardEvent): void => {
      if (/INPUT|TEXTAREA/.test((event.target as Element).tagName)) return;
      if (event.key === 's' || event.key === '/') {
        event.preventDefault();
        site.focus();
      }
    };
    window.addEventListener('keydown', hotkeys);
    const checkout = await open({});
    const field = await shown<HTMLInputElement>(checkout, 'sbp-bank-picker', 'input');
    await typeInto(field, 'alsfa');
    expect(field.value).to.equal('alsfa');
    // A letter that is typed while a bank has the focus goes to the search.
    await typeInto(field, 'а');
    await sendKeys({ press: 'ArrowDown' });
    await until(() => (field.getRootNode() as ShadowRoot).activeElement !== field);
    heard = [];
    await sendKeys({ type: 's' });
    await until(() => field.value === 'аs');
    expect(heard).to.deep.equal([]);
    window.removeEventListener('keydown', hotkeys);
  });

  it('hear what is typed into the shop’s own field in a slot', async () => {
    const checkout = await open({});
    const own = document.createElement('input');
    own.slot = 'footer';
    checkout.append(own);
    await shown(checkout, 'sbp-bank-picker', 'input');
    await typeInto(own, 's');
    expect(heard).to.include.members(['keydown s', 'input']);
  });

  it('hear the first key of a scan no more than the others', async () => {
    const checkout = await open(SCAN);
    const field = await shown<HTMLInputElement>(checkout, 'sbp-other-ways', 'sbp-scanner', 'input');
    await until(() => (field.getRootNode() as ShadowRoot).activeElement === field);
    field.blur();
    for (const key of 'ab') await sendKeys({ type: key });
    expect(field.value).to.equal('ab');
    expect(heard).to.deep.equal([]);
  });
});
