import { expect } from '@open-wc/testing';
import { toJson } from '../../../src/widget/browser/json.ts';
import { chooseLanguage } from '../../../src/widget/locales/language.ts';

/** The prototypes to which old libraries add methods. */
const HOLDERS = [Object.prototype, Array.prototype, String.prototype, Number.prototype] as const;

describe('JSON on a page with a toJSON of its own', () => {
  const values = [
    { phone: '+79990001122' },
    ['a', 'b'],
    [1, { id: 'x', links: [{ url: 'u' }] }],
    'form',
    null,
  ];
  const expected = values.map((value) => JSON.stringify(value));

  for (const holder of HOLDERS) {
    it(`is that of the value: ${holder.constructor.name}`, () => {
      Object.defineProperty(holder, 'toJSON', { configurable: true, value: () => 'patched' });
      const patched = JSON.stringify([{}, Object(1), Object('a')]);
      const written = values.map(toJson);
      Reflect.deleteProperty(holder, 'toJSON');
      expect(patched).to.contain('patched');
      expect(written).to.deep.equal(expected);
    });
  }
});

describe('the page’s language', () => {
  for (const [written, spoken] of Object.entries({
    'en-GB': 'en',
    'EN-us': 'en',
    en_US: 'en',
    'en_US.UTF-8': 'en',
    ru_RU: 'ru',
    RU: 'ru',
    english: 'ru',
    enx1: 'ru',
  })) {
    it(`is ${spoken} by lang="${written}"`, () => {
      expect(chooseLanguage([written], null).tag).to.equal(spoken);
    });
  }
});
