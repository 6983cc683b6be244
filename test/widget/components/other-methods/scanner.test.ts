import { expect, fixture, html } from '@open-wc/testing';
import { sendKeys } from '@web/test-runner-commands';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { fromRussianLayout } from '../../../../src/widget/browser/keyboard-layout.ts';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, live, show, shown, text, until } from '../../../support/checkout.ts';
import { FakePayment, json, pause, seen } from '../../../support/fake-companion.ts';
import { snapshot } from '../../../support/snapshots.ts';
import { paste, selectByHand, tap, tapGround } from '../../../support/tap.ts';
import { unpressableKey } from '../../../support/unpressable-key.ts';

const SCANNER = ['sbp-other-ways', 'sbp-scanner'];
const CODE = 'https://sberbank.ru/qr/?ClientIdQr=40ac47&HashId=5c10';

function scan(changes: Partial<Snapshot> = {}): Snapshot {
  return snapshot({
    method: 'buyer_qr',
    methods: ['buyer_qr'],
    presentation: { kind: 'scan' },
    actions: ['cancel', 'buyer_qr'],
    ...changes,
  });
}

const CHARGED = scan({ version: 2, actions: [] });

async function field(checkout: SbpCheckout): Promise<HTMLInputElement> {
  return shown<HTMLInputElement>(checkout, ...SCANNER, 'input');
}

async function scanned(payment: FakePayment): Promise<string[]> {
  return (await payment.log()).filter(({ path }) => path === '/buyer-qr').map(({ body }) => body);
}

function isFocused(input: HTMLElement): boolean {
  return (input.getRootNode() as ShadowRoot).activeElement === input;
}

function said(checkout: SbpCheckout): string {
  return inside(checkout, ...SCANNER, '#error-text').innerText;
}

/** Types as a scanner does: fast, and with Enter at the end. */
async function wedge(typed: string): Promise<void> {
  // One letter at a time: some drivers take a doubled letter for a key that is held down.
  for (const key of typed) await sendKeys({ type: key });
  await sendKeys({ press: 'Enter' });
}

describe('a payer’s code', () => {
  it('goes from the scanner to the companion, and the bank is at work', async () => {
    const payment = await FakePayment.create(scan(), { acts: { '/buyer-qr': [json(CHARGED)] } });
    const checkout = await show(payment);
    const input = await field(checkout);
    expect(text(checkout)).to.contain('Покажите QR-код из приложения банка');
    expect(input.labels![0]!.innerText).to.equal('Код из приложения банка');
    expect(inside(checkout, ...SCANNER, 'button').innerText).to.match(/^Оплатить 1\s250\s₽$/);
    await until(() => isFocused(input));
    await wedge(CODE);
    await seen(checkout, 'waiting', 2_000);
    expect(text(checkout)).to.contain('Банк обрабатывает платёж.').and.not.to.contain('На оплату осталось');
    expect(await scanned(payment)).to.deep.equal([JSON.stringify({ payload: CODE })]);
  });

  it('is understood while the Russian layout is on', async () => {
    const russian = 'реезыЖ..ыиукифтлюкг.йк.,СдшутеШвЙк=40фс47?РфырШв=5с10';
    expect(fromRussianLayout(russian)).to.equal(CODE);
    const payment = await FakePayment.create(scan(), { acts: { '/buyer-qr': [json(CHARGED)] } });
    const checkout = await show(payment);
    const input = await field(checkout);
    await until(() => isFocused(input));
    await wedge(russian);
    await seen(checkout, 'waiting', 2_000);
    expect(await scanned(payment)).to.deep.equal([JSON.stringify({ payload: CODE })]);
  });

  it('is pasted and sent by the button, without the white space around it', async () => {
    const payment = await FakePayment.create(scan(), { acts: { '/buyer-qr': [json(CHARGED)] } });
    const checkout = await show(payment);
    await paste(await field(checkout), ` \n${CODE}\t`);
    await tap(inside(checkout, ...SCANNER, 'button'));
    await seen(checkout, 'waiting', 2_000);
    expect(await scanned(payment)).to.deep.equal([JSON.stringify({ payload: CODE })]);
  });

  it('is sent once, however often Enter is pressed', async () => {
    const payment = await FakePayment.create(scan(), {
      acts: { '/buyer-qr': [{ ...json(CHARGED), delayMs: 300 }] },
    });
    const checkout = await show(payment);
    const input = await field(checkout);
    await until(() => isFocused(input));
    await wedge(CODE);
    await sendKeys({ press: 'Enter' });
    await until(() => inside(checkout, ...SCANNER, 'button').getAttribute('aria-busy'));
    expect(inside(checkout, ...SCANNER, 'button').innerText).to.equal('Проводим оплату…');
    expect(input.readOnly).to.be.true;
    await seen(checkout, 'waiting', 2_000);
    expect((await scanned(payment)).length).to.equal(1);
  });

  for (const [what, reply, words] of [
    [
      'is not taken',
      { status: 422 },
      'Код не подошёл. Обновите его в приложении банка и отсканируйте ещё раз.',
    ],
    ['comes too late', { status: 409 }, 'Сейчас код не принимается. Подождите немного'],
    [
      'comes too often',
      { status: 429, headers: { 'retry-after': '5' } },
      'Подождите 5 с и попробуйте ещё раз.',
    ],
    ['is lost on the way', { drop: true }, 'Не получилось. Проверьте интернет и попробуйте ещё раз.'],
    ['meets a broken companion', { body: '{"status":"paid"}' }, 'Не получилось. Проверьте интернет'],
  ] as const) {
    it(`that ${what} is said to be so under its field; the next one takes its place`, async () => {
      const payment = await FakePayment.create(scan(), { acts: { '/buyer-qr': [reply] } });
      const checkout = await show(payment);
      const input = await field(checkout);
      await until(() => isFocused(input));
      await wedge('first');
      await until(() => said(checkout).includes(words));
      expect(checkout.screen).to.equal('pay');
      expect(input.getAttribute('aria-invalid')).to.equal('true');
      expect(input.getAttribute('aria-describedby')).to.contain('error-text');
      expect(isFocused(input)).to.be.true;
      await payment.script(scan(), { acts: { '/buyer-qr': [json(CHARGED)] } });
      await wedge(CODE);
      await seen(checkout, 'waiting', 2_000);
      expect((await scanned(payment)).at(-1)).to.equal(JSON.stringify({ payload: CODE }));
    });
  }

  it('that was not taken is said to be so, also when the screen was another in between', async () => {
    const payment = await FakePayment.create(scan(), {
      acts: { '/buyer-qr': [{ status: 422, delayMs: 600 }] },
    });
    const checkout = await show(payment);
    await live(checkout);
    const input = await field(checkout);
    await until(() => isFocused(input));
    await wedge(CODE);
    await payment.send(CHARGED);
    await seen(checkout, 'waiting');
    await payment.send(scan({ version: 3, presentation: { kind: 'pending' }, actions: [] }));
    await seen(checkout, 'loading');
    await payment.send(scan({ version: 4 }));
    await seen(checkout, 'pay');
    await shown(checkout, ...SCANNER, '#error-text');
    await until(() => said(checkout).includes('Код не подошёл.'));
    const fresh = await field(checkout);
    expect(fresh.value).to.equal('');
    await until(() => isFocused(fresh));
  });

  it('is asked for when there is none, without a call', async () => {
    const payment = await FakePayment.create(scan());
    const checkout = await show(payment);
    const input = await field(checkout);
    await until(() => isFocused(input));
    await sendKeys({ press: 'Enter' });
    await until(() => said(checkout) === 'Отсканируйте или вставьте код.');
    expect(await scanned(payment)).to.be.empty;
  });

  it('is not asked for while the companion does not take one', async () => {
    const payment = await FakePayment.create(scan({ actions: [] }));
    const checkout = await show(payment);
    await seen(checkout, 'waiting');
    expect(checkout.shadowRoot!.querySelector('sbp-other-ways')).to.equal(null);
  });

  it('has its documented parts, and cuts nothing at 280 px', async () => {
    await fixture(html`
      <style>
        sbp-checkout::part(scanner),
        sbp-checkout::part(message),
        sbp-checkout::part(button) {
          outline-style: dotted;
        }
      </style>
    `);
    const payment = await FakePayment.create(scan(), { acts: { '/buyer-qr': [{ status: 422 }] } });
    const checkout = await show(payment);
    checkout.parentElement!.style.width = '280px';
    const input = await field(checkout);
    for (const part of ['scanner', 'message', 'button']) {
      const element = inside(checkout, ...SCANNER, `[part=${part}]`);
      expect(getComputedStyle(element).outlineStyle, part).to.equal('dotted');
    }
    await paste(input, CODE);
    await tap(inside(checkout, ...SCANNER, 'button'));
    await until(() => said(checkout));
    const scanner = inside(checkout, ...SCANNER);
    expect(scanner.scrollWidth).to.be.at.most(scanner.clientWidth);
    await expect(checkout).to.be.accessible();
  });
});

describe('the focus, while a code may be scanned', () => {
  async function besideAField(): Promise<{ checkout: SbpCheckout; shops: HTMLInputElement }> {
    const shops = await fixture<HTMLInputElement>(html`<input aria-label="shop" />`);
    const checkout = await show(await FakePayment.create(scan()));
    return { checkout, shops };
  }

  it('is left where the payer has it', async () => {
    const { checkout, shops } = await besideAField();
    shops.focus();
    const input = await field(checkout);
    await pause(1_200); // The countdown redraws the element every second.
    expect(document.activeElement).to.equal(shops);
    await sendKeys({ type: 'promo' });
    expect(shops.value).to.equal('promo');
    expect(input.value).to.equal('');
  });

  it('is left where the payer moves it, also inside the checkout', async () => {
    const payment = await FakePayment.create(
      scan({ methods: ['sbp', 'buyer_qr'], actions: ['method', 'buyer_qr'] }),
    );
    const checkout = await show(payment);
    const input = await field(checkout);
    await until(() => isFocused(input));
    const other = inside(checkout, '.other');
    other.focus();
    await pause(1_200);
    expect(checkout.shadowRoot!.activeElement).to.equal(other);
  });

  it('comes back after a click on bare ground, and with the first key of a scan', async () => {
    const { checkout, shops } = await besideAField();
    const input = await field(checkout);
    shops.focus();
    shops.blur();
    await tapGround();
    expect(isFocused(input)).to.be.true;
    input.blur();
    await sendKeys({ type: 'abc' });
    expect(input.value).to.equal('abc');
  });

  it('leaves shortcuts and the space bar to the page', async () => {
    const { checkout } = await besideAField();
    const input = await field(checkout);
    await until(() => isFocused(input));
    input.blur();
    for (const init of [
      { key: 'c', ctrlKey: true },
      { key: 'c', metaKey: true },
      { key: ' ' },
      { key: 'Tab' },
    ]) {
      unpressableKey(document.body, init);
      expect(isFocused(input), init.key).to.be.false;
    }
  });

  it('is not taken from a text that the payer has selected', async () => {
    const words = await fixture<HTMLElement>(html`<p>Заказ 1</p>`);
    const checkout = await show(await FakePayment.create(scan()));
    const input = await field(checkout);
    await until(() => isFocused(input));
    input.blur();
    await selectByHand(words);
    await pause(1_200);
    expect(isFocused(input)).to.be.false;
    expect(getSelection()!.toString()).to.contain('Заказ');
    getSelection()!.removeAllRanges();
  });

  it('follows the payer from the list of methods into the field', async () => {
    const several = { methods: ['sbp', 'buyer_qr'], actions: ['method'] } as const;
    const payment = await FakePayment.create(
      snapshot({ ...several, method: null, presentation: { kind: 'pending' } }),
      { acts: { '/method': [json(scan({ ...several, version: 2, actions: ['method', 'buyer_qr'] }))] } },
    );
    const checkout = await show(payment);
    const method = await shown(checkout, 'sbp-other-ways', 'sbp-method-list', 'li:last-child button');
    method.focus();
    await tap(method);
    await seen(checkout, 'pay');
    const input = await field(checkout);
    await until(() => isFocused(input));
  });

  it('is nobody’s business once the checkout is gone', async () => {
    const { checkout } = await besideAField();
    const input = await field(checkout);
    await until(() => isFocused(input));
    checkout.remove();
    await tapGround();
    await sendKeys({ type: 'x' });
    expect(input.value).to.equal('');
  });
});

describe('fromRussianLayout', () => {
  it('leaves what is no Cyrillic as it is', () => {
    for (const code of [CODE, '', '4601234567890', '.,?/&=:']) expect(fromRussianLayout(code)).to.equal(code);
  });

  it('turns every key of the code’s alphabet back, by its place', () => {
    const latin = 'qwertyuiopasdfghjklzxcvbnmQWERTYUIOPASDFGHJKLZXCVBNM0123456789:/&?.=';
    const russian = 'йцукенгшщзфывапролдячсмитьЙЦУКЕНГШЩЗФЫВАПРОЛДЯЧСМИТЬ0123456789Ж.?,ю=';
    expect(fromRussianLayout(russian)).to.equal(latin);
  });
});
