/** Content inside the element that shows nothing is no fallback: the element draws its own screen. */
import { expect, fixture, html } from '@open-wc/testing';
import '../../../src/widget/index.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { until } from '../../support/checkout.ts';
import { pause } from '../../support/fake-companion.ts';

/** The minimum height of the card. A line break alone makes a line of about 20 px. */
const CARD_PX = 60;

/** Prints the element as a shop's server does. There is no companion at its address. */
async function print(content: string, host = '', box = ''): Promise<SbpCheckout> {
  const place = await fixture<HTMLElement>(html`<div style=${box}></div>`);
  const markup = `<sbp-checkout token="pay_1.secret" endpoint="/nowhere" style="${host}">${content}</sbp-checkout>`;
  place.append(document.createRange().createContextualFragment(markup));
  return place.querySelector('sbp-checkout')!;
}

function card(checkout: SbpCheckout): number {
  return checkout.renderRoot.querySelector('section')!.getBoundingClientRect().height;
}

/** Waits for some frames, until no further change can come. */
async function later(): Promise<void> {
  await pause(300);
}

describe('content that shows nothing', () => {
  for (const content of [
    '<noscript>Включите JavaScript</noscript>',
    '<p hidden>Загрузка</p>',
    '<p hidden style="display:block;height:0;overflow:hidden">Загрузка</p>',
    '<link rel="preconnect" href="/">',
    '<meta itemprop="name" content="x">',
    '<br>',
    '<p></p>',
    '<p style="display:none">Загрузка</p><br>',
    '<div style="display:contents"> </div>',
    '<img alt="">',
  ]) {
    it(`is no fallback: ${content}`, async () => {
      const checkout = await print(content);
      await checkout.updateComplete;
      await until(() => card(checkout) > CARD_PX);
    });
  }

  it('neither in an element without a box', async () => {
    const checkout = await print('<p style="display:none">Загрузка</p>', 'display:contents');
    await until(() => card(checkout) > CARD_PX);
  });

  it('is found out when a panel opens', async () => {
    const checkout = await print('<p style="display:none">Загрузка</p>', '', 'display:none');
    await later();
    checkout.parentElement!.style.display = '';
    await until(() => card(checkout) > CARD_PX);
  });

  it('is found out when the page takes it away', async () => {
    const checkout = await print('<p>Загрузка</p>');
    checkout.removeAttribute('token');
    await later();
    expect(card(checkout)).to.equal(0);
    checkout.textContent = '';
    await until(() => card(checkout) > CARD_PX);
  });
});

describe('content that can be seen', () => {
  for (const [what, content, host, box] of [
    ['text', '<p>К оплате 100 ₽</p>', '', ''],
    ['text in a box that is not drawn', '<div style="display:contents"><p>К оплате</p></div>', '', ''],
    ['text in an element without a box', '<p>К оплате 100 ₽</p>', 'display:contents', ''],
    ['a picture', '<noscript></noscript><svg width="100" height="100"></svg>', '', ''],
    ['text in a panel that opens later', '<p>К оплате 100 ₽</p>', '', 'display:none'],
  ] as const) {
    it(`stays while no companion answers: ${what}`, async () => {
      const checkout = await print(content, host, box);
      await later();
      checkout.parentElement!.style.display = '';
      await later();
      expect(card(checkout)).to.equal(0);
    });
  }
});
