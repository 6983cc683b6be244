import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../src/companion/config.ts';

const SHOP: Readonly<Record<string, string>> = {
  SBP_API_KEY: 'k-0123456789abcdef',
  SBP_TOKEN_SECRET: 't-0123456789abcdef',
  SBP_WEBHOOK_SECRET: 'w-0123456789abcdef',
  SBP_METHODS: 'sbp=sandbox',
  SBP_SANDBOX: 'allow',
};

function mistakes(env: Readonly<Record<string, string>>): readonly string[] {
  try {
    loadConfig({ ...SHOP, ...env }, '/srv');
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.mistakes;
  }
}

describe('settings that are nearly right', () => {
  for (const [name, value] of [
    ['SBP_METHODS', 'sbp=sandbox'],
    ['SBP_SANDBOX', 'allow'],
    ['SBP_PUBLIC_URL', 'https://pay.example.ru'],
    ['SBP_ALLOWED_ORIGINS', 'https://shop.ru,https://m.shop.ru'],
    ['SBP_HOST', '0.0.0.0'],
    ['SBP_PORT', '8787'],
    ['SBP_RATE_LIMIT', '100'],
    ['SBP_TRUSTED_PROXIES', '10.0.0.0/8'],
    ['SBP_DATABASE_URL', 'file:data/shop.sqlite'],
  ] as const) {
    it(`name the quotes around ${name} as the one mistake`, () => {
      assert.deepEqual(mistakes({ [name]: value }), []);
      for (const quote of ['"', "'"]) {
        const told = mistakes({ [name]: `${quote}${value}${quote}` });
        assert.equal(told.length, 1, told.join('\n'));
        assert.match(told[0]!, new RegExp(`^${name} is in quotes.*remove them`));
      }
    });
  }

  it('are asked for with the command that makes them', () => {
    assert.match(mistakes({ SBP_API_KEY: '' }).join('\n'), /^SBP_API_KEY is required: .*sbp-checkout keys/);
  });

  it('leave quotes in the name of the shop', () => {
    assert.equal(loadConfig({ ...SHOP, SBP_MERCHANT_NAME: '"Ромашка"' }, '/srv').merchantName, '"Ромашка"');
  });

  it('say how a method is written', () => {
    for (const methods of ['sandbox', 'sbp:sandbox'])
      assert.match(
        mistakes({ SBP_METHODS: methods }).join('\n'),
        /^SBP_METHODS: .*write <method>=<provider>/,
      );
  });

  it('say what an address has too much', () => {
    for (const address of ['pay.example.ru/?shop=1', 'pay.example.ru/#pay', 'me:hunter2@pay.example.ru']) {
      const [told] = mistakes({ SBP_PUBLIC_URL: `https://${address}` });
      assert.match(told!, /^SBP_PUBLIC_URL must be without a user name, a query/);
      assert.equal(told!.includes('hunter2'), false, 'a password is shown');
    }
    assert.match(mistakes({ SBP_PUBLIC_URL: 'pay.example.ru' })[0]!, /must be an http\(s\) address/);
  });
});
