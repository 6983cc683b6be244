import { expect } from '@open-wc/testing';
import type { PageGlobals } from '../../../../src/widget/browser/in-app-browser.ts';
import {
  browserIntent,
  chooseExit,
  hostedPage,
  type BrowserExit,
} from '../../../../src/widget/components/in-app/browser-exits.ts';
import { IN_APP_TEXTS, type InAppTexts } from '../../../../src/widget/locales/in-app.ts';
import type { SbpCheckout } from '../../../../src/widget/sbp-checkout.ts';
import { inside, show, shown, text, until } from '../../../support/checkout.ts';
import { DEVICES } from '../../../support/devices.ts';
import { ENDPOINT, FakePayment, json, names, pause, record, seen } from '../../../support/fake-companion.ts';
import { pretend } from '../../../support/pretend.ts';
import { LINK, snapshot } from '../../../support/snapshots.ts';
import { tap, tapStaying } from '../../../support/tap.ts';

const SCHEME = LINK.replace('https', 'bank100000000004');
const WEB = 'https://bank.example/pay';
const bank = { id: 'b4', name: 'Т-Банк', logo_url: null, aliases: [], url: SCHEME, links: [] };
const BANKS = json({
  platform: 'ios',
  banks: [bank, { ...bank, id: 'web', name: 'Банк с сайтом', url: WEB }],
});
const BANK = ['sbp-bank-picker', `a[href="${SCHEME}"]`] as const;
const WEB_BANK = ['sbp-bank-picker', `a[href="${WEB}"]`] as const;
const WAY_OUT = ['sbp-way-out'] as const;

/** Returns the text with ordinary spaces in place of no-break spaces and line breaks. */
const plain = (text: string): string => text.replace(/\s+/g, ' ').trim();
const ru = Object.fromEntries(
  Object.entries(IN_APP_TEXTS.ru).map(([name, text]) => [name, plain(text as string)]),
) as unknown as InAppTexts;
let undo = (): void => undefined;

async function inApp(
  name: string,
  attributes: Record<string, string> = {},
  objects: Omit<PageGlobals, 'navigator'> = {},
): Promise<{ checkout: SbpCheckout; page: string }> {
  undo();
  undo = pretend(name, objects);
  const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
  const checkout = await show(payment, { device: 'mobile', ...attributes });
  await shown(checkout, ...BANK);
  return { checkout, page: `${ENDPOINT}/pay#${payment.token}` };
}

async function wayOut(checkout: SbpCheckout): Promise<HTMLElement> {
  await shown(checkout, ...WAY_OUT, '.notice');
  return inside(checkout, ...WAY_OUT);
}

function words(part: HTMLElement): string {
  return plain(part.shadowRoot!.textContent);
}

function buttonOf(part: HTMLElement, label: string): HTMLElement | undefined {
  return [...part.shadowRoot!.querySelectorAll<HTMLElement>('button, a')].find(
    ({ textContent }) => plain(textContent) === label,
  );
}

/** Returns the names of the events, without those of the connection: their number depends on its speed. */
function told(heard: readonly Event[]): string[] {
  return names(heard).filter((name) => name !== 'sbp-connection');
}

function setOnNavigator(name: 'clipboard' | 'share', value: unknown): void {
  Object.defineProperty(navigator, name, { configurable: true, value });
}

afterEach(() => {
  undo();
  undo = () => undefined;
  Reflect.deleteProperty(navigator, 'clipboard');
  Reflect.deleteProperty(navigator, 'share');
});

describe('in a browser of its own', () => {
  for (const name of ['iPhone, Safari 18', 'Android, Chrome', 'Telegram’s script in Safari']) {
    it(`there is no word of a rescue, and a bank opens: ${name}`, async () => {
      const { checkout } = await inApp(name);
      await pause(100);
      expect(checkout.shadowRoot!.querySelector(WAY_OUT[0])).to.equal(null);
      expect(await tapStaying(inside(checkout, ...BANK))).to.be.true;
      await seen(checkout, 'waiting');
    });
  }
});

// Must be the first test: once the notice's part is loaded, it stays defined.
describe('a notice that does not come', () => {
  const part = '/src/widget/components/in-app/open-in-browser.ts';
  const fail = (times: number) => fetch(`/parts/${times}${part}`, { method: 'POST' });

  it('leaves its room grey and costs nobody the banks, which wait for it a moment only', async () => {
    await fail(1_000);
    const { random } = Math;
    Math.random = () => 0.1; // Keeps pauses short.
    try {
      const { checkout } = await inApp('VK on iOS');
      expect(customElements.get(WAY_OUT[0])).to.equal(undefined);
      expect(inside(checkout, ...WAY_OUT).offsetHeight).to.be.above(100);
      await fail(0);
      await wayOut(checkout);
    } finally {
      Math.random = random;
      await fail(0);
    }
  });
});

describe('in an app’s browser', () => {
  for (const { name, inApp: found, type } of DEVICES) {
    if (!found) continue;
    it(`the notice says where to go, and how: ${name}`, async () => {
      const { checkout, page } = await inApp(name, { device: type });
      const part = await wayOut(checkout);
      const ios = found.platform === 'ios';
      const meta = found.app === 'instagram' || found.app === 'facebook';
      const opener = /^(Telegram|MAX).*Mini App/.test(name);
      expect(words(part)).to.contain(ios ? ru.rescueIos : ru.rescueAndroid);
      expect(buttonOf(part, ru.copyLink)).to.exist;
      const menu = meta ? ru.rescueMenuMeta : ios ? ru.rescueMenuIos : ru.rescueMenuAndroid;
      expect(words(part).includes(menu), 'by the menu').to.equal(!opener);
      const open = buttonOf(part, ru.openInBrowser);
      expect(!!open, 'by one tap').to.equal(opener || (!ios && !meta));
      if (open?.localName === 'a') expect(open.getAttribute('href')).to.equal(browserIntent(page));
    });
  }

  for (const [name, theme, locale] of [
    ['Instagram on iOS', 'light', 'ru'],
    ['Android WebView of an unknown app', 'dark', 'en'],
  ] as const) {
    it(`it is accessible: ${name}, ${theme}, ${locale}`, async () => {
      const { checkout } = await inApp(name, { theme, locale });
      const part = await wayOut(checkout);
      await expect(checkout).to.be.accessible();
      for (const button of part.shadowRoot!.querySelectorAll('.button')) {
        expect(button.getBoundingClientRect().height).to.be.at.least(44);
      }
    });
  }

  it('a desktop, which has no bank apps, is told nothing', async () => {
    const { checkout } = await inApp('Telegram on iOS');
    await wayOut(checkout);
    checkout.device = 'desktop';
    await tap(await shown(checkout, '.onward'));
    await shown(checkout, ...BANK);
    await until(() => !checkout.shadowRoot!.querySelector(WAY_OUT[0]));
  });

  it('web banks open in place, since there are no tabs', async () => {
    const { checkout } = await inApp('VK on iOS');
    for (const path of [BANK, WEB_BANK]) {
      expect((inside(checkout, ...path) as HTMLAnchorElement).target).to.equal('');
    }
  });
});

describe('a tap on a bank in an app’s browser', () => {
  it('is followed on iOS, where it does no harm, and the way out comes with the other ways', async () => {
    const { checkout } = await inApp('Telegram on iOS');
    await wayOut(checkout);
    expect(await tapStaying(inside(checkout, ...BANK))).to.be.true;
    await seen(checkout, 'waiting');
    await shown(checkout, 'sbp-bank-wait', ...WAY_OUT, '.notice');
    await expect(checkout).to.be.accessible();
  });

  for (const name of [
    'Android WebView of an unknown app',
    'Telegram on Android',
    'VK on Android',
    'Instagram on Android',
  ]) {
    it(`is not followed on Android, where the page would be lost: ${name}`, async () => {
      const { checkout } = await inApp(name);
      const part = await wayOut(checkout);
      const heard = record(document.body);
      expect(await tapStaying(inside(checkout, ...BANK))).to.be.false;
      await until(() =>
        words(part).includes('Чтобы перейти в «Т-Банк», откройте страницу в другом браузере.'),
      );
      expect(checkout.screen).to.equal('pay');
      const notice = part.shadowRoot!.activeElement as HTMLElement;
      expect(notice.className).to.equal('notice');
      expect(told(heard)).to.deep.equal(['sbp-bank-open']);
      expect(sessionStorage.length, 'the payer has gone nowhere').to.equal(0);
      notice.blur();
      await tapStaying(inside(checkout, ...BANK));
      await until(() => part.shadowRoot!.activeElement);
    });
  }

  it('on a web bank is followed everywhere', async () => {
    const { checkout } = await inApp('VK on Android');
    expect(await tapStaying(inside(checkout, ...WEB_BANK))).to.be.true;
    await seen(checkout, 'waiting');
  });

  it('belongs to the shop’s own app, where that opens banks itself', async () => {
    const { checkout } = await inApp('Android WebView of an unknown app');
    checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
    expect(await tapStaying(inside(checkout, ...BANK))).to.be.false;
    await seen(checkout, 'waiting');
  });

  it('is forgotten when the payer chooses another way', async () => {
    const { checkout } = await inApp('VK on Android');
    const part = await wayOut(checkout);
    await tapStaying(inside(checkout, ...BANK));
    await until(() => words(part).includes('«Т-Банк»'));
    await tap(inside(checkout, '.foot button'));
    await shown(checkout, 'sbp-qr-code');
    await tap(inside(checkout, '.foot button'));
    expect(words(await wayOut(checkout))).not.to.contain('«Т-Банк»');
  });
});

describe('the way out', () => {
  for (const [name, place] of [
    ['Telegram on iOS, a Mini App', (opener: object) => ({ Telegram: { WebApp: opener } })],
    ['MAX on Android, a Mini App', (opener: object) => ({ WebApp: opener })],
  ] as const) {
    it(`hands the companion’s page to the app, and to nothing else: ${name}`, async () => {
      const opened: unknown[] = [];
      const opener = {
        platform: 'ios',
        initData: 'x',
        openLink(...parameters: unknown[]) {
          opened.push(this === opener, ...parameters);
        },
      };
      const { checkout, page } = await inApp(name, {}, place(opener));
      const heard = record(document.body);
      await tap(buttonOf(await wayOut(checkout), ru.openInBrowser)!);
      expect(opened).to.deep.equal([true, page]);
      expect(told(heard).length).to.equal(0);
    });
  }

  for (const [how, openLink] of [
    [
      'throws',
      (): void => {
        throw new Error('no');
      },
    ],
    ['rejects', () => Promise.reject(new Error('no'))],
  ] as const) {
    it(`is the menu and the address when the app’s own way ${how}`, async () => {
      const { checkout } = await inApp('Telegram on iOS', {}, { Telegram: { WebApp: { openLink } } });
      const part = await wayOut(checkout);
      expect(words(part)).not.to.contain(ru.rescueMenuIos);
      await tap(buttonOf(part, ru.openInBrowser)!);
      await until(() => words(part).includes(ru.rescueMenuIos));
      expect(buttonOf(part, ru.openInBrowser)).to.equal(undefined);
      expect(buttonOf(part, ru.copyLink)).to.exist;
    });
  }

  it('is no button for what cannot be called', async () => {
    for (const WebApp of [{}, { openLink: 'javascript:alert(1)' }, { openLink: {} }, null]) {
      const objects = { Telegram: { WebApp } } as Omit<PageGlobals, 'navigator'>;
      const { checkout } = await inApp('Telegram on iOS', {}, objects);
      const part = await wayOut(checkout);
      expect(buttonOf(part, ru.openInBrowser)).to.equal(undefined);
      expect(words(part)).to.contain(ru.rescueMenuIos);
      checkout.remove();
    }
  });

  it('survives objects that bite', async () => {
    const { checkout } = await inApp('Telegram on iOS');
    Object.defineProperty(window, 'Telegram', {
      configurable: true,
      get() {
        throw new Error('hands off');
      },
    });
    try {
      const part = await wayOut(checkout);
      await checkout.refresh();
      expect(words(part)).to.contain(ru.rescueMenuIos);
    } finally {
      Reflect.deleteProperty(window, 'Telegram');
    }
  });

  it('copies the address of the companion’s page', async () => {
    const copied: string[] = [];
    setOnNavigator('clipboard', { writeText: (what: string) => Promise.resolve(void copied.push(what)) });
    const { checkout, page } = await inApp('VK on iOS');
    const part = await wayOut(checkout);
    await tap(buttonOf(part, ru.copyLink)!);
    await until(() => words(part).includes(ru.pasteLink));
    expect(copied).to.deep.equal([page]);
    expect(buttonOf(part, ru.copied)).to.exist;
  });

  it('lets the payer copy it where no page has the clipboard', async () => {
    setOnNavigator('clipboard', undefined);
    const { checkout, page } = await inApp('VK on iOS');
    const part = await wayOut(checkout);
    await tap(buttonOf(part, ru.copyLink)!);
    const input = await shown<HTMLInputElement>(checkout, ...WAY_OUT, 'input');
    await until(() => part.shadowRoot!.activeElement === input);
    expect(input.value).to.equal(page);
    expect(input.selectionEnd! - input.selectionStart!).to.equal(page.length);
    await expect(checkout).to.be.accessible();
  });

  it('shares the address where the browser can, whatever becomes of it', async () => {
    const shared: ShareData[] = [];
    setOnNavigator('share', (what: ShareData) => {
      shared.push(what);
      return Promise.reject(new DOMException('called off', 'AbortError'));
    });
    const { checkout, page } = await inApp('VK on iOS');
    await tap(buttonOf(await wayOut(checkout), ru.shareLink)!);
    await pause(20);
    expect(shared).to.deep.equal([{ url: page }]);
    checkout.remove();
    setOnNavigator('share', undefined);
    const other = await inApp('VK on iOS');
    expect(buttonOf(await wayOut(other.checkout), ru.shareLink)).to.equal(undefined);
  });

  it('cuts nothing at 280 px and speaks the shop’s words', async () => {
    const { checkout } = await inApp('Instagram on Android');
    checkout.parentElement!.style.width = '280px';
    checkout.messages = { rescueAndroid: 'Свои слова' };
    const part = await wayOut(checkout);
    await until(() => words(part).includes('Свои слова'));
    const { right } = inside(checkout, '.card').getBoundingClientRect();
    for (const element of part.shadowRoot!.querySelectorAll('.notice, .button, .menu')) {
      expect(element.getBoundingClientRect().right, element.className).to.be.at.most(right);
    }
    expect(text(checkout)).to.contain('Выберите банк');
  });
});

describe('the companion’s page', () => {
  it('is beside the checkout API, with the token behind the #', () => {
    for (const [endpoint, page] of [
      ['https://pay.example.ru', 'https://pay.example.ru/pay#pay_1.Ab-_9'],
      ['https://shop.example.ru/sbp/?a=1#b', 'https://shop.example.ru/sbp/pay#pay_1.Ab-_9'],
    ] as const) {
      expect(hostedPage(new URL(endpoint), 'pay_1.Ab-_9')).to.equal(page);
    }
  });

  it('is none for a token that could be more than a token, and without one', () => {
    const endpoint = new URL('https://pay.example.ru');
    for (const token of [null, '', 'a b', 'a#Intent;scheme=tel;end', 'a;b', '%23', '<b>', 'ключ', 'a/b?c']) {
      expect(hostedPage(endpoint, token), String(token)).to.equal(null);
    }
    expect(hostedPage(null, 'pay_1.x')).to.equal(null);
  });

  it('goes into an intent that opens it and nothing else', () => {
    expect(browserIntent('https://pay.example.ru/pay#pay_1.x')).to.equal(
      'intent://pay.example.ru/pay#pay_1.x#Intent;scheme=https;action=android.intent.action.VIEW;category=android.intent.category.BROWSABLE;end',
    );
    expect(browserIntent('http://192.168.1.5:8787/pay#pay_1.x')).to.match(
      /^intent:\/\/192\.168\.1\.5:8787\/pay#pay_1\.x#Intent;scheme=http;/,
    );
  });

  it('is reached by an intent in the page itself only where that is known to work', () => {
    const globals = { navigator: { userAgent: '', maxTouchPoints: 0 } };
    const exit = (app: 'telegram' | 'vk' | 'facebook', platform: 'android' | 'ios'): BrowserExit | null =>
      chooseExit({ app, platform }, 'https://pay.example.ru/pay#x', new Set(), globals);
    expect(exit('telegram', 'android')).to.deep.include({ kind: 'intent', apart: false });
    expect(exit('vk', 'android')).to.deep.include({ kind: 'intent', apart: true });
    expect(exit('facebook', 'android')).to.equal(null);
    expect(exit('vk', 'ios')).to.equal(null);
  });
});
