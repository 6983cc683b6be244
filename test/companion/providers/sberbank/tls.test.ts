import assert from 'node:assert/strict';
import { tmpdir } from 'node:os';
import { after, afterEach, before, describe, it } from 'node:test';
import { connect, type SecureContextOptions } from 'node:tls';
import { SberbankSimulator } from '../../../../demo/simulators/sberbank.ts';
import { ConfigError, loadConfig } from '../../../../src/companion/config.ts';
import { OutboundClient } from '../../../../src/companion/outbound/client.ts';
import { ProviderError, type ChargeRequest } from '../../../../src/companion/providers/provider.ts';
import { createSberbankProvider } from '../../../../src/companion/providers/sberbank/provider.ts';
import { pem, TlsGate } from '../../../support/tls-gate.ts';

const SECRETS = {
  SBP_API_KEY: 'k'.repeat(32),
  SBP_TOKEN_SECRET: 't'.repeat(32),
  SBP_WEBHOOK_SECRET: 'w'.repeat(32),
};
const CERTIFICATE = {
  SBP_SBERBANK_CERT: pem('client'),
  SBP_SBERBANK_KEY: pem('client-key'),
  SBP_SBERBANK_CA: pem('ca'),
};
const charge: ChargeRequest = {
  reference: 'pay_tls',
  providerPaymentId: 'pay_tls',
  method: 'buyer_qr',
  amount: 100,
  currency: 'RUB',
  payload: 'atonce',
  description: null,
};

function reasons(error: unknown): string {
  const list: string[] = [];
  for (let at = error; at instanceof Error; at = at.cause)
    list.push(`${String((at as { code?: string }).code)} ${at.message}`);
  return list.join(' ← ');
}

describe('mutual TLS with the bank', () => {
  let bank: SberbankSimulator;
  let gate: TlsGate | null = null;
  let outbound: OutboundClient;
  before(async () => {
    bank = new SberbankSimulator();
    await bank.listen();
    outbound = new OutboundClient({ development: true });
  });
  afterEach(async () => {
    await gate?.close();
    gate = null;
  });
  after(async () => {
    await outbound.close();
    await bank.close();
  });

  /** Charges as a companion with this environment, through a gate with these options. */
  async function charging(options: SecureContextOptions, env: Record<string, string> = CERTIFICATE) {
    gate = await TlsGate.open(bank.url, options);
    const all = { ...SECRETS, NODE_ENV: 'development', ...bank.env(), ...env, SBP_SBERBANK_URL: gate.url };
    const settings = loadConfig(all, tmpdir()).sberbank!;
    const provider = createSberbankProvider({
      settings,
      outbound,
      now: Date.now,
    });
    return provider.charge!(charge);
  }

  async function failure(options: SecureContextOptions, env?: Record<string, string>): Promise<string> {
    return charging(options, env).then(
      () => assert.fail('it was charged'),
      (error: unknown) => {
        assert.ok(error instanceof ProviderError && error.kind === 'unavailable', String(error));
        return reasons(error);
      },
    );
  }

  it('sends our certificate, for the token and for the payment', async () => {
    assert.equal((await charging({})).status, 'paid');
    assert.deepEqual(gate!.callers, ['test shop', 'test shop']);
  });

  it('refuses a bank with a certificate of another authority, and sends it nothing', async () => {
    const impostor = { cert: pem('other-server'), key: pem('other-server-key') };
    assert.match(await failure(impostor), /UNABLE_TO_VERIFY_LEAF_SIGNATURE/);
    assert.deepEqual(gate!.callers, []);
  });

  it('trusts only the configured authority, and the public ones without it', async () => {
    const { SBP_SBERBANK_CERT, SBP_SBERBANK_KEY } = CERTIFICATE;
    assert.match(await failure({}, { SBP_SBERBANK_CERT, SBP_SBERBANK_KEY }), /SELF_SIGNED_CERT_IN_CHAIN/);
    assert.deepEqual(gate!.callers, []);
  });

  it('fails with a certificate that the bank does not accept', async () => {
    await failure(
      {},
      {
        ...CERTIFICATE,
        SBP_SBERBANK_CERT: pem('other-client'),
        SBP_SBERBANK_KEY: pem('other-client-key'),
      },
    );
    assert.ok(gate!.refused > 0);
    assert.deepEqual(gate!.callers, []);
  });

  it('uses no version before TLS 1.2', async () => {
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;
    assert.match(await failure(old), /PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL/);
    assert.deepEqual(gate!.callers, []);
    // The same gate accepts a client with that version: our side refuses.
    const { port } = gate!;
    const spoken = await new Promise((resolve, reject) => {
      const socket = connect({
        ...old,
        port,
        host: '127.0.0.1',
        ca: pem('ca'),
        cert: pem('client'),
        key: pem('client-key'),
      });
      socket.once('secureConnect', () => {
        resolve(socket.getProtocol());
        socket.destroy();
      });
      socket.once('error', reject);
    });
    assert.equal(spoken, 'TLSv1.1');
  });
});

describe('the settings of sberbank', () => {
  const SHOP = {
    ...SECRETS,
    SBP_METHODS: 'buyer_qr=sberbank',
    SBP_SBERBANK_URL: 'https://mc.api.sberbank.ru:443',
    SBP_SBERBANK_CLIENT_ID: 'id',
    SBP_SBERBANK_CLIENT_SECRET: 'secret',
    SBP_SBERBANK_MEMBER_ID: '000001',
    SBP_SBERBANK_TID: '21325622',
    SBP_SBERBANK_ID_QR: '20305',
  };
  const mistakes = (env: Record<string, string>) => {
    try {
      loadConfig({ ...SHOP, ...env }, tmpdir());
      return '';
    } catch (error) {
      assert.ok(error instanceof ConfigError);
      return error.mistakes.join('\n');
    }
  };

  it('have the documented defaults, and accept the address with or without its path', () => {
    for (const address of ['https://mc.api.sberbank.ru:443', 'https://mc.api.sberbank.ru:443/prod/']) {
      const { sberbank } = loadConfig({ ...SHOP, ...CERTIFICATE, SBP_SBERBANK_URL: address }, tmpdir());
      assert.deepEqual(
        { ...sberbank, identity: null },
        {
          baseUrl: 'https://mc.api.sberbank.ru:443/prod',
          clientId: 'id',
          clientSecret: 'secret',
          identity: null,
          memberId: '000001',
          tid: '21325622',
          idQr: '20305',
          statusPath: '/qr/order/v3/status',
          statusScope: 'https://api.sberbank.ru/qr/order.status',
          message: 'Оплата заказа',
          test: false,
        },
      );
      assert.equal(sberbank!.identity!.cert, pem('client').trim());
    }
    const spelledOut = { SBP_SBERBANK_STATUS_PATH: '/prod/qr/order/v9/status' };
    const { sberbank } = loadConfig({ ...SHOP, ...CERTIFICATE, ...spelledOut }, tmpdir());
    assert.equal(sberbank!.statusPath, '/qr/order/v9/status');
  });

  it('name every mistake', () => {
    assert.match(mistakes({}), /SBP_SBERBANK_CERT and SBP_SBERBANK_KEY are required/);
    const twisted = { ...CERTIFICATE, SBP_SBERBANK_KEY: pem('other-client-key') };
    assert.match(mistakes(twisted), /SBP_SBERBANK_KEY is not the key of the certificate/);
    assert.match(mistakes({ ...CERTIFICATE, SBP_SBERBANK_CERT: 'nonsense' }), /SBP_SBERBANK_CERT is no PEM/);
    assert.match(
      mistakes({ ...CERTIFICATE, SBP_SBERBANK_STATUS_PATH: 'status' }),
      /SBP_SBERBANK_STATUS_PATH must be a path/,
    );
    assert.match(
      mistakes({ ...CERTIFICATE, SBP_SBERBANK_STATUS_SCOPE: 'область' }),
      /SBP_SBERBANK_STATUS_SCOPE must be a scope/,
    );
    for (const key of ['SECRET', 'PRIVATE KEY']) assert.ok(!mistakes(twisted).includes(`BEGIN ${key}`));
  });

  it('allow plain http, and no certificate with it, in development only', () => {
    const plain = { SBP_SBERBANK_URL: 'http://127.0.0.1:8788' };
    assert.match(mistakes({ ...CERTIFICATE, ...plain }), /SBP_SBERBANK_URL must be an https address/);
    assert.equal(mistakes({ ...plain, NODE_ENV: 'development' }), '');
    const tls = { SBP_SBERBANK_URL: 'https://127.0.0.1:8788', NODE_ENV: 'development' };
    assert.match(mistakes(tls), /are required: the bank asks for a client certificate/);
  });
});
