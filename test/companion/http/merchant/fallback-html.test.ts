import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { fallbackHtml, type FallbackFields } from '../../../../src/companion/http/merchant/fallback-html.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { LINK } from '../../../support/snapshots.ts';

const PAYMENT: FallbackFields = {
  order_id: 'ORD-1',
  amount: 125_050,
  currency: 'RUB',
  status: 'created',
  test: false,
  method: 'sbp',
  qr_payload: LINK,
  payment_url: 'https://pay.example.ru/pay#pay_1.secret',
  expires_at: '2026-06-15T12:15:00.000Z',
};
const RU = { merchantName: 'Ромашка', locale: 'ru' } as const;

/** Returns the text that a payer sees without CSS. */
const textOf = (markup: string) =>
  markup
    .replace(/<[^>]*>/g, ' ')
    .replace(/[ \n]+/g, ' ')
    .trim();

describe('the markup for a shop’s own page', () => {
  it('has the sum, the code and the link, when the code ends and where the result is seen', () => {
    const markup = fallbackHtml(PAYMENT, RU);
    assert.equal(
      textOf(markup),
      'Ромашка Заказ ORD-1 1\u00a0250,50\u00a0₽ Наведите на код камеру телефона Перейти к оплате ' +
        'Код действует до 15 июня в 15:15 по Москве. Что с платежом, видно на странице оплаты.',
    );
    assert.match(markup, /<svg [^>]*aria-label="QR-код для оплаты 1\u00a0250,50\u00a0₽"/);
    assert.deepEqual(markup.match(/href="[^"]*"/g), [`href="${PAYMENT.payment_url}"`]);
  });

  it('has nothing that a policy of the page could object to, or that could meet a second one', () => {
    const markup = fallbackHtml(PAYMENT, { ...RU, locale: null });
    assert.doesNotMatch(markup, /<(?:script|style|link|img|iframe|form)|\s(?:style|id|on\w+)=/i);
    assert.deepEqual([...new Set(markup.match(/\n/g))], []);
    const opened = [...markup.matchAll(/<([a-z]+)[^>]*?(\/?)>/g)].filter(([, , alone]) => alone === '');
    const closed = [...markup.matchAll(/<\/([a-z]+)>/g)];
    assert.deepEqual(opened.map(([, name]) => name).sort(), closed.map(([, name]) => name).sort());
  });

  it('is in the language that the create names, else in Russian with a line of English', () => {
    assert.match(
      textOf(fallbackHtml(PAYMENT, { ...RU, locale: 'en' })),
      /Order ORD-1 ₽1,250\.50 .* Go to payment The code is valid until June 15 at 15:15 Moscow time\./,
    );
    assert.doesNotMatch(fallbackHtml(PAYMENT, { ...RU, locale: 'en' }), /Заказ|Код|оплат/);
    const both = fallbackHtml(PAYMENT, { ...RU, locale: null });
    assert.match(both, /<div class="sbp-fallback" lang="ru">/);
    assert.match(both, /<p class="sbp-fallback-english" lang="en"><a [^>]+>Pay ₽1,250\.50<\/a><\/p>/);
  });

  it('has the link alone without a link of the provider, for one that no code holds, and once it is no longer open', () => {
    for (const without of [
      { qr_payload: null },
      { qr_payload: `https://x.example/${'x'.repeat(2_400)}` },
      { status: 'paid' as const },
    ]) {
      const markup = fallbackHtml({ ...PAYMENT, ...without }, RU);
      assert.doesNotMatch(markup, /<svg|Код действует|Наведите/);
      assert.match(markup, /Перейти к оплате/);
    }
  });

  it('says with what a SberPay code is scanned, and that a test is one', () => {
    assert.match(fallbackHtml({ ...PAYMENT, method: 'sberpay' }, RU), /СберБанк Онлайн/);
    assert.match(fallbackHtml({ ...PAYMENT, test: true }, RU), /Тестовый платёж/);
  });

  it('escapes whatever a shop calls itself and its orders', () => {
    const hostile = [
      '<img src=x onerror=alert(1)>',
      '"><script>alert(1)</script>',
      "' onmouseover='alert(1)",
      '</div></sbp-checkout><script>',
      '<!--',
      '{{constructor.constructor("alert(1)")()}}',
      '`${alert(1)}`',
      '&lt;script&gt;',
    ];
    const harmless = fallbackHtml({ ...PAYMENT, order_id: 'X' }, { ...RU, merchantName: 'X' });
    const tags = (markup: string) => markup.match(/<[^>]*>/g);
    for (const text of hostile) {
      const markup = fallbackHtml({ ...PAYMENT, order_id: text }, { ...RU, merchantName: text });
      assert.deepEqual(tags(markup), tags(harmless), text);
      assert.doesNotMatch(markup.replace(/<[^>]*>/g, ''), /[<>"'`]/, text);
    }
  });
});

describe('POST /payments', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion({ SBP_MERCHANT_NAME: 'Рога & <копыта>' });
  });
  after(() => shop.stop());

  it('answers it, in the language asked for, with no token but the link’s', async () => {
    for (const [fields, lang] of [
      [{}, 'ru'],
      [{ locale: 'ru' }, 'ru'],
      [{ locale: 'en' }, 'en'],
    ] as const) {
      const { fallback_html, payment_url, token } = await shop.createPayment({ order_id: '<b>', ...fields });
      const markup = fallback_html as string;
      assert.ok(markup.startsWith(`<div class="sbp-fallback" lang="${lang}">`));
      assert.ok(markup.includes('Рога &#38; &#60;копыта&#62;'));
      const links = markup.match(/href="[^"]*"/g)!;
      assert.deepEqual([...new Set(links)], [`href="${payment_url}"`]);
      assert.equal(markup.split(token).length - 1, links.length);
    }
  });

  it('answers the link alone where the provider has none yet', async () => {
    const { fallback_html, qr_payload } = await shop.createPayment({ methods: ['sbp', 'sberpay'] });
    assert.equal(qr_payload, null);
    assert.doesNotMatch(fallback_html as string, /<svg/);
  });
});
