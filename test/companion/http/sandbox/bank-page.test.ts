import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { BANK_PAGE_CSS } from '../../../../src/companion/http/sandbox/bank-page-css.ts';
import {
  BANK_ACTIONS,
  renderBankPage,
  renderUnknownBill,
  type BankPage,
} from '../../../../src/companion/http/sandbox/bank-page.ts';
import { PAYMENT_STATUSES } from '../../../../src/protocol/status.ts';

const bill: BankPage = {
  amount: 125_000,
  currency: 'RUB',
  merchantName: 'Ромашка',
  orderId: 'ORD-100500',
  description: 'Чай и пиала',
  status: 'created',
  acted: false,
  locale: 'ru',
  formAction: '/sandbox/bank/qr_1',
  returnUrl: null,
};

const text = (page: Partial<BankPage>) =>
  renderBankPage({ ...bill, ...page })
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

describe('the sandbox bank page', () => {
  it('shows the bill and posts each decision without script', () => {
    const page = renderBankPage(bill);
    for (const expected of ['Ромашка', 'ORD-100500', 'Чай и пиала', '1\u00a0250\u00a0₽']) {
      assert.ok(page.includes(expected), expected);
    }
    for (const action of BANK_ACTIONS) assert.ok(page.includes(`name="action" value="${action}"`), action);
    assert.match(page, /<form method="post" action="\/sandbox\/bank\/qr_1">/);
    assert.doesNotMatch(page, /<script|\sstyle=|\son\w+=/);
  });

  it('says on every state that no money is taken', () => {
    for (const status of PAYMENT_STATUSES) {
      assert.match(text({ status }), /Тестовый банк · тестовый платёж, деньги не списываются/);
      assert.match(text({ status, locale: 'en' }), /Test Bank · test payment, no money is taken/);
    }
    assert.match(renderUnknownBill('ru'), /деньги не списываются/);
  });

  const results: [Partial<BankPage>, RegExp, RegExp][] = [
    [{ status: 'processing' }, /Обрабатываем платёж/, /Processing the payment/],
    [{ status: 'paid', acted: true }, /Оплачено/, /Paid Go back/],
    [{ status: 'paid' }, /Счёт уже оплачен/, /Already paid/],
    [{ status: 'refunded' }, /Счёт уже оплачен/, /Already paid/],
    [{ status: 'failed', acted: true }, /Оплата отклонена/, /Payment declined/],
    [{ status: 'expired' }, /Время на оплату вышло/, /Time to pay has run out/],
    [{ status: 'canceled' }, /Счёт отменён/, /Payment canceled/],
  ];
  for (const [state, ru, en] of results) {
    it(`shows ${JSON.stringify(state)} and offers nothing more to pay`, () => {
      assert.match(text(state), ru);
      assert.match(text({ ...state, locale: 'en' }), en);
      assert.doesNotMatch(renderBankPage({ ...bill, ...state }), /<form|<button/);
    });
  }

  it('looks again by itself while the payment is in process, and only then', () => {
    for (const status of PAYMENT_STATUSES) {
      assert.equal(
        renderBankPage({ ...bill, status }).includes('http-equiv="refresh"'),
        status === 'processing',
      );
    }
  });

  it('leads back to the shop by an http address only', () => {
    const done = { ...bill, status: 'paid', acted: true } as const;
    assert.match(
      renderBankPage({ ...done, returnUrl: 'https://shop.ru/?a=1&b=2' }),
      /href="https:\/\/shop\.ru\/\?a=1&#38;b=2"/,
    );
    assert.doesNotMatch(renderBankPage({ ...done, returnUrl: 'javascript:alert(1)' }), /<a /);
  });

  it('lets no value become markup', () => {
    const shape = (page: string) => page.replace(/>[^<]*</g, '><').match(/<\/?[a-z]+/g);
    const hostile = fc
      .string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '`', '=', ' ', '/', 'script', 'x', '\n') })
      .map((tail) => `x${tail}`);
    fc.assert(
      fc.property(hostile, fc.constantFrom(...PAYMENT_STATUSES), (value, status) => {
        const tame = renderBankPage({ ...bill, status });
        const page = renderBankPage({
          ...bill,
          status,
          merchantName: value,
          orderId: value,
          description: value,
          formAction: value,
        });
        assert.deepEqual(shape(page), shape(tame));
      }),
    );
    const page = renderBankPage({ ...bill, merchantName: `"><img src=x onerror='alert(1)'>` });
    assert.ok(!page.includes('<img') && page.includes('&#60;img src=x onerror=&#39;'));
  });

  it('brings its own style for light and dark', () => {
    assert.match(BANK_PAGE_CSS, /prefers-color-scheme: dark/);
    assert.doesNotMatch(BANK_PAGE_CSS, /@import|url\(/);
  });
});
