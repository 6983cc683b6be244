import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { describe, it } from 'node:test';
import { ConfigError, loadConfig } from '../../../../src/companion/config.ts';

const { publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const ENV = {
  SBP_API_KEY: 'a'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
  SBP_METHODS: 'sbp=freepayment',
  SBP_PUBLIC_URL: 'https://pay.example.ru',
  SBP_FREEPAYMENT_URL: 'https://api.acquirer.example',
  SBP_FREEPAYMENT_SHOP_ID: '361',
  SBP_FREEPAYMENT_SECRET_KEY: 'k-0123456789',
};

function mistakes(env: Record<string, string>): string {
  try {
    loadConfig(env);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return '';
}

describe('the settings of freepayment', () => {
  it('have defaults for all except the address and the credentials', () => {
    assert.deepEqual(loadConfig(ENV).freepayment, {
      baseUrl: 'https://api.acquirer.example/beyag',
      shopId: '361',
      secretKey: 'k-0123456789',
      publicKey: null,
      variant: 'SY',
      test: false,
      repeatRefunds: false,
    });
  });

  it('accept the public key as the cabinet shows it, or as PEM', () => {
    const bare = publicKey.export({ type: 'spki', format: 'der' }).toString('base64');
    const pem = publicKey.export({ type: 'spki', format: 'pem' }) as string;
    for (const key of [bare, pem, pem.replaceAll('\n', '\\n')]) {
      assert.ok(loadConfig({ ...ENV, SBP_FREEPAYMENT_PUBLIC_KEY: key }).freepayment?.publicKey, key);
    }
  });

  it('name every mistake', () => {
    for (const [name, value] of [
      ['SBP_FREEPAYMENT_URL', 'http://api.acquirer.example'],
      ['SBP_FREEPAYMENT_SHOP_ID', 'a:b'],
      ['SBP_FREEPAYMENT_SECRET_KEY', 'two words'],
      ['SBP_FREEPAYMENT_PUBLIC_KEY', 'MIIB'],
      ['SBP_FREEPAYMENT_VARIANT', 'XX'],
      ['SBP_FREEPAYMENT_TEST', 'perhaps'],
      ['SBP_FREEPAYMENT_REPEAT_REFUNDS', 'perhaps'],
    ] as const) {
      assert.match(mistakes({ ...ENV, [name]: value }), new RegExp(`${name} `), `${name}=${value}`);
    }
  });
});
