import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { OutboundClient } from '../../../src/companion/outbound/client.ts';
import { errorText } from '../../../src/companion/providers/error-text.ts';
import { createFreepaymentProvider } from '../../../src/companion/providers/freepayment/provider.ts';
import { ProviderError, type Provider } from '../../../src/companion/providers/provider.ts';
import { SbpApiClient } from '../../../src/companion/providers/sbp-api/client.ts';
import { createSbpApiProvider } from '../../../src/companion/providers/sbp-api/provider.ts';
import { createSmartGlocalProvider } from '../../../src/companion/providers/smart-glocal/provider.ts';
import { NOW, payment, request, WEBHOOK_URL } from '../../support/freepayment.ts';
import { UpstreamProxy } from '../../support/upstream-proxy.ts';

const SECRET = 'sk-4f9c21aa';
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });

/** The operator's log for an acquirer that does not do what was requested. */
describe('the text of an acquirer’s error', () => {
  let upstream: UpstreamProxy;
  let outbound: OutboundClient;
  let providers: Readonly<Record<'Freepayment' | 'Smart Glocal' | 'the upstream', Provider>>;

  before(async () => {
    upstream = await UpstreamProxy.start(null);
    outbound = new OutboundClient({ development: true });
    providers = {
      Freepayment: createFreepaymentProvider({
        settings: {
          baseUrl: `${upstream.url}/beyag`,
          shopId: 'shop',
          secretKey: SECRET,
          publicKey: null,
          variant: 'BC',
          test: false,
          repeatRefunds: false,
        },
        outbound,
        webhookUrl: WEBHOOK_URL,
        now: () => NOW,
      }),
      'Smart Glocal': createSmartGlocalProvider({
        settings: {
          baseUrl: `${upstream.url}/api/v1`,
          project: 'shop',
          privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
          publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
          channel: 'mobile_web',
          flow: 'init',
          refundPath: '/session/refund',
          test: false,
        },
        outbound,
        now: () => NOW,
      }),
      'the upstream': createSbpApiProvider({
        client: new SbpApiClient({
          settings: {
            baseUrl: `${upstream.url}/api/sbp/v1`,
            token: SECRET,
            webhookSecrets: [SECRET],
            test: false,
          },
          outbound,
        }),
        webhookSecrets: [SECRET],
        callbackUrl: 'https://pay.example/webhooks/sbp-api',
        now: () => NOW,
      }),
    };
  });
  after(async () => {
    await outbound.close();
    upstream.stop();
  });

  async function creating(
    name: keyof typeof providers,
    status: number,
    body: unknown,
  ): Promise<ProviderError> {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    upstream.trick = (_call, response) => response.writeHead(status).end(text);
    return providers[name].create(request).then(
      () => assert.fail('it was made'),
      (error: unknown) => {
        assert.ok(error instanceof ProviderError, String(error));
        return error;
      },
    );
  }

  for (const [name, settings, body] of [
    ['Freepayment', 'SBP_FREEPAYMENT_SHOP_ID and SBP_FREEPAYMENT_SECRET_KEY', { message: 'Unknown shop' }],
    [
      'Smart Glocal',
      'SBP_SMART_GLOCAL_PROJECT and SBP_SMART_GLOCAL_PRIVATE_KEY',
      { status: 'error', error: { code: 'bad_sign', description: 'Unknown shop' } },
    ],
    ['the upstream', 'SBP_SBP_API_TOKEN', { code: 'unauthorized', detail: 'Unknown shop' }],
  ] as const) {
    it(`is logged when ${name} refuses our key, with the settings to check`, async () => {
      for (const status of [401, 403]) {
        const { message } = await creating(name, status, body);
        assert.match(message, new RegExp(`^${name} refused our key \\(${status}\\): .*Unknown shop`));
        assert.ok(message.endsWith(`: check ${settings}`), message);
      }
    });

    it(`is logged when ${name} limits our requests`, async () => {
      assert.match((await creating(name, 429, body)).message, /returned 429: .*Unknown shop/);
    });

    it(`is logged for a 422 in any form of ${name}`, async () => {
      assert.match((await creating(name, 422, body)).message, /422:? .*Unknown shop/);
      const odd = { error: 'limit_exceeded', error_description: 'Over the daily limit' };
      assert.match((await creating(name, 422, odd)).message, /422.*(limit_exceeded|$)/);
      assert.match((await creating(name, 500, 'Try later')).message, /500: Try later/);
    });

    it(`is logged without keys and personal data, even if ${name} repeats them`, async () => {
      const said = `key ${SECRET} of payer@example.ru, +7 999 000-11-22`;
      for (const status of [401, 422, 503]) {
        const error = { ...('error' in body ? body.error : {}), description: said };
        const { message } = await creating(name, status, { ...body, message: said, detail: said, error });
        assert.match(message, /key .+ of \[masked\] \[masked\]/, name);
        // Smart Glocal receives signatures, and no key.
        const secrets = name === 'Smart Glocal' ? [] : [SECRET];
        for (const secret of [...secrets, 'payer@', '999']) assert.ok(!message.includes(secret), message);
      }
    });
  }

  it('names the field that makes a response unreadable', async () => {
    const odd = { transaction: { uid: 'u-1', type: 'payment', status: 'pending', amount: '125000' } };
    upstream.trick = (_call, response) => response.writeHead(200).end(JSON.stringify(odd));
    await assert.rejects(
      providers.Freepayment.status(payment),
      /cannot be read \(200\): transaction\.amount: not number but string/,
    );
    const { message } = await creating('the upstream', 200, { payment_id: 5, qr_payload: null });
    assert.match(message, /cannot be read \(200\): payment_id: not string but number/);
    assert.match(
      (await creating('Smart Glocal', 200, { session: {} })).message,
      /cannot be read \(200\): session\.id: missing/,
    );
    assert.match(
      (await creating('Smart Glocal', 200, '<html>')).message,
      /cannot be read \(200\): it is not JSON/,
    );
  });
});

describe('errorText', () => {
  it('finds code and text in the usual forms', () => {
    for (const [body, expected] of [
      [{ error: { code: 'E1', description: 'no funds' } }, 'E1: no funds'],
      [{ error: 'invalid_client', error_description: 'unknown client' }, 'invalid_client: unknown client'],
      [
        { httpCode: '401', httpMessage: 'Unauthorized', moreInformation: 'no scope' },
        'Unauthorized: no scope',
      ],
      [{ response: { status: 'error', message: 'Unauthorized' } }, 'Unauthorized'],
      [{ title: 'Bad', errors: [{ path: 'amount', message: 'too much' }] }, 'Bad: too much'],
      [{ errorCode: 7, message: 'seven' }, 'seven: 7'],
      ['Forbidden', 'Forbidden'],
    ] as const)
      assert.equal(errorText(body)?.split(': ').sort().join(), expected.split(': ').sort().join());
  });

  it('is null for a page, an empty body, and fields that are nested too deep', () => {
    for (const body of ['<!doctype html><p>Denied', '', null, undefined, {}, [], { data: { code: 'x' } }])
      assert.equal(errorText(body), null);
    let deep: object = { message: 'hidden' };
    for (let i = 0; i < 50; i++) deep = { error: deep };
    assert.equal(errorText(deep), null);
  });

  it('has a limited length', () => {
    assert.ok(errorText({ errors: Array(10_000).fill({ message: 'no '.repeat(500) }) })!.length <= 300);
  });
});
