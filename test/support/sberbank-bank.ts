import type { ServerResponse } from 'node:http';
import type { SberbankSettings } from '../../src/companion/providers/sberbank/settings.ts';
import { UpstreamProxy, type Passed } from './upstream-proxy.ts';

export const SBERBANK: Omit<SberbankSettings, 'baseUrl'> = {
  clientId: 'shop-client',
  clientSecret: 'shop-secret-0123456789',
  identity: null,
  memberId: '000001',
  tid: '21325622',
  idQr: '20305',
  statusPath: '/qr/order/v3/status',
  statusScope: 'https://api.sberbank.ru/qr/order.pay',
  message: 'Оплата заказа',
  test: false,
};

type Reply = (call: Passed, response: ServerResponse) => unknown;

export const json =
  (body: unknown, status = 200): Reply =>
  (_call, response) =>
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));

/** A bank whose every response the test decides. By default it issues tokens. */
export class ScriptedBank {
  readonly proxy: UpstreamProxy;
  tokensGiven = 0;
  /** The lifetime of a token, s. */
  expiresIn = 60;
  onToken: Reply = (call, response) => {
    const access_token = `token-${++this.tokensGiven}`;
    json({ access_token, token_type: 'Bearer', expires_in: this.expiresIn })(call, response);
  };
  onPay: Reply = json({});
  onStatus: Reply = json({});

  private constructor(proxy: UpstreamProxy) {
    this.proxy = proxy;
    proxy.trick = (call, response) => {
      if (call.path === '/prod/tokens/v3/oauth') return this.onToken(call, response);
      if (call.path === '/prod/qr/bscanc/v1/pay') return this.onPay(call, response);
      return this.onStatus(call, response);
    };
  }

  static async open(): Promise<ScriptedBank> {
    return new ScriptedBank(await UpstreamProxy.start(null));
  }

  calls(path: 'oauth' | 'pay' | 'status'): Passed[] {
    return this.proxy.calls.filter((call) => call.path.endsWith(`/${path}`));
  }

  get settings(): SberbankSettings {
    return { ...SBERBANK, baseUrl: `${this.proxy.url}/prod` };
  }

  close(): void {
    this.proxy.stop();
  }
}
