import { expect } from '@open-wc/testing';
import { BANK_TEXTS } from '../../../src/widget/locales/banks.ts';
import { chooseLanguage } from '../../../src/widget/locales/language.ts';
import { fill, overlay, plural, type Messages } from '../../../src/widget/locales/messages.ts';
import { OTHER_METHODS_TEXTS } from '../../../src/widget/locales/other-methods.ts';
import { SCREEN_TEXTS } from '../../../src/widget/locales/screens.ts';
import { shown, show, text } from '../../support/checkout.ts';
import { FakePayment, seen } from '../../support/fake-companion.ts';
import { snapshot } from '../../support/snapshots.ts';

describe('plural', () => {
  it('speaks Russian as Russians do', () => {
    const said = [1, 2, 5, 11, 21, 22, 111, 1_234].map((n) => plural(BANK_TEXTS.ru.found, n, 'ru'));
    expect(said.map((words) => words.replaceAll('\u00a0', ' '))).to.deep.equal([
      'Найден 1 банк',
      'Найдено 2 банка',
      'Найдено 5 банков',
      'Найдено 11 банков',
      'Найден 21 банк',
      'Найдено 22 банка',
      'Найдено 111 банков',
      'Найдено 1 234 банка',
    ]);
    expect(plural(BANK_TEXTS.en.found, 1, 'en')).to.equal('1 bank found');
    expect(plural('{count}!', 3, 'en')).to.equal('3!');
  });
});

describe('fill', () => {
  it('puts values in as they are, and leaves a place that nothing goes into', () => {
    expect(fill('{id} из {id}, {no}', { id: '$& {no} <b>' })).to.equal('$& {no} <b> из $& {no} <b>, {no}');
    expect(fill('{constructor}', {})).to.equal('{constructor}');
  });
});

describe('overlay', () => {
  const ours = { a: 'a', list: ['1', '2'], forms: { one: '1', other: 'n' } };

  it('takes what is of the same kind', () => {
    const own = { a: 'b', list: ['x', 'y'], forms: { other: 'm' } };
    expect(overlay(ours, own)).to.deep.equal(own);
    expect(overlay(ours, { forms: 'of all numbers' }).forms).to.equal('of all numbers');
  });

  it('leaves ours where it is not, and takes nothing that it does not know', () => {
    for (const own of [
      null,
      'text',
      7,
      [],
      { a: 1 },
      { a: null },
      { a: ['b'] },
      { a: { other: 'b' } },
      { list: 'x' },
      { list: ['x'] },
      { list: ['x', 2] },
      { forms: {} },
      { forms: { one: '1' } },
      { forms: { other: 1 } },
      { unheard: 'of' },
      JSON.parse('{"__proto__":{"a":"b"},"constructor":"x"}'),
    ]) {
      expect(overlay(ours, own), JSON.stringify(own)).to.deep.equal(ours);
    }
  });
});

describe('chooseLanguage', () => {
  it('speaks a language that the shop has brought, and Russian where that is silent', () => {
    const messages: Messages = { kk: { paid: 'Төленді' }, checking: 'Минутку' };
    const kazakh = chooseLanguage(['kk-KZ', 'ru'], messages);
    expect(kazakh.tag).to.equal('kk');
    expect(kazakh.texts(SCREEN_TEXTS).paid).to.equal('Төленді');
    expect(kazakh.texts(SCREEN_TEXTS).checking).to.equal('Минутку');
    expect(kazakh.texts(SCREEN_TEXTS).failed).to.equal(SCREEN_TEXTS.ru.failed);
    expect(chooseLanguage(['kk'], null).tag).to.equal('ru');
    expect(chooseLanguage(['kk'], { paid: 'x' }).tag).to.equal('ru');
  });

  it('never passes on what Intl would refuse', () => {
    for (const wish of [
      '',
      '-',
      'en_US',
      'e',
      'english',
      'x-klingon',
      '<b>',
      'ru\u0000',
      '__proto__',
      'constructor',
    ]) {
      const { tag } = chooseLanguage([wish], JSON.parse('{"en_us":{},"e":{},"<b>":{}}') as Messages);
      expect(() => new Intl.NumberFormat(tag), wish).not.to.throw();
    }
  });

  it('gives the same words each time: what did not change is not drawn again', () => {
    const language = chooseLanguage(['en'], { paid: 'Thanks' });
    expect(language.texts(SCREEN_TEXTS)).to.equal(language.texts(SCREEN_TEXTS));
    expect(chooseLanguage(['en'], null).texts(SCREEN_TEXTS)).to.equal(SCREEN_TEXTS.en);
  });
});

describe('<sbp-checkout messages>', () => {
  it('says a result in the shop’s words, as text', async () => {
    const payment = await FakePayment.create(snapshot({ status: 'paid' }));
    const own = { paid: '<img src=x onerror=alert(1)>Спасибо', order: 'Корзина {id}' };
    const checkout = await show(payment, { messages: JSON.stringify(own) });
    await seen(checkout, 'paid');
    expect(text(checkout))
      .to.contain('<img src=x onerror=alert(1)>Спасибо')
      .and.to.contain('Корзина ORD-100500');
    checkout.messages = { en: { paid: 'Thank you' } };
    checkout.locale = 'en';
    await checkout.updateComplete;
    expect(text(checkout)).to.contain('Thank you').and.to.contain('Order ORD-100500');
    checkout.setAttribute('messages', 'no JSON');
    await checkout.updateComplete;
    expect(text(checkout), 'what a script has set stays').to.contain('Thank you');
    checkout.messages = null;
    await checkout.updateComplete;
    expect(text(checkout)).to.contain(SCREEN_TEXTS.en.paid);
  });

  it('reaches the parts that are loaded later', async () => {
    const payment = await FakePayment.create(
      snapshot({
        methods: ['sbp', 'sberpay'],
        method: null,
        actions: ['method'],
        presentation: { kind: 'pending' },
      }),
    );
    const checkout = await show(payment, {
      messages: '{"methodSberpay":["Сбер","Быстро"],"methodSbp":"no pair"}',
    });
    const list = await shown(checkout, 'sbp-other-ways', 'sbp-method-list', 'ul');
    expect(list.innerText.replace(/\s+/g, ' '))
      .to.contain('Сбер Быстро')
      .and.to.contain(OTHER_METHODS_TEXTS.ru.methodSbp[0]);
  });
});
