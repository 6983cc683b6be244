import { expect } from '@open-wc/testing';
import { addressAt, folderOfScript } from '../../../src/widget/browser/endpoint.ts';

describe('where the companion is, by the address of the script', () => {
  for (const [script, folder] of [
    ['https://pay.example.ru/sbp-checkout.js', 'https://pay.example.ru/'],
    ['https://pay.example.ru/sbp-checkout.js?v=2', 'https://pay.example.ru/'],
    ['https://shop.ru/pay-api/sbp-checkout.js', 'https://shop.ru/pay-api/'],
    ['https://shop.ru/pay-api/sbp-checkout.classic.js', 'https://shop.ru/pay-api/'],
    ['https://shop.ru/pay-api/pinned/0123456789abcdef/sbp-checkout.js', 'https://shop.ru/pay-api/'],
    ['https://pay.example.ru:8443/pinned/0123456789abcdef/sbp-checkout.js', 'https://pay.example.ru:8443/'],
    // The element is part of the shop's own bundle.
    ['https://shop.ru/assets/index-4f2a.js', 'https://shop.ru'],
  ] as const) {
    it(`is ${folder} for ${script}`, () => expect(folderOfScript(script)).to.equal(folder));
  }

  it('keeps its path in every address of it', () => {
    for (const endpoint of [
      'https://shop.ru/pay-api',
      'https://shop.ru/pay-api/',
      'https://shop.ru/pay-api//',
    ]) {
      expect(addressAt(new URL(endpoint), 'paid.svg')).to.equal('https://shop.ru/pay-api/paid.svg');
    }
    expect(addressAt(new URL('https://shop.ru'), 'pay')).to.equal('https://shop.ru/pay');
  });
});
