import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { OutboundClient } from '../../../src/companion/outbound/client.ts';
import { CircuitBreaker } from '../../../src/companion/providers/circuit-breaker.ts';
import { NoUsableResponse, ProviderHttp } from '../../../src/companion/providers/provider-http.ts';
import { ProviderError } from '../../../src/companion/providers/provider.ts';
import { freePort } from '../../support/companion.ts';
import { FAULTS, UpstreamProxy, type Trick } from '../../support/upstream-proxy.ts';

/** `mayHaveTakenEffect` of a call without a response: a refund that certainly had no effect may be requested again. */
describe('a call without a usable response', () => {
  let upstream: UpstreamProxy;
  let outbound: OutboundClient;
  before(async () => {
    upstream = await UpstreamProxy.start(null);
    outbound = new OutboundClient({ development: true });
  });
  after(async () => {
    await outbound.close();
    upstream.stop();
  });

  const asked = async (baseUrl = upstream.url, { repeatable = false, client = outbound } = {}) => {
    const http = new ProviderHttp({ baseUrl, outbound: client });
    const call = http.call({ method: 'POST', path: '/refunds', body: '{}', repeatable }, ({ json }) => json);
    const error: unknown = await call.then(
      () => null,
      (error: unknown) => error,
    );
    assert.ok(error instanceof ProviderError);
    assert.equal(error.kind, 'unavailable');
    return error.mayHaveTakenEffect;
  };

  it('may have taken effect when the connection broke or the response is unreadable', async () => {
    for (const fault of ['hangs up', 'answers 502 with a page', 'answers half a message', 'is cut off']) {
      upstream.trick = FAULTS[fault]!;
      assert.equal(await asked(), true, fault);
    }
  });

  it('had no effect without a connection, a known host, or an allowed address', async () => {
    assert.equal(await asked(`http://127.0.0.1:${await freePort()}`), false);
    const strict = new OutboundClient({
      development: false,
      resolve: (_host, _options, done) => done(Object.assign(new Error('no'), { code: 'ENOTFOUND' }), []),
    });
    assert.equal(await asked('https://nowhere.example.ru', { client: strict }), false);
    assert.equal(await asked('https://169.254.169.254', { client: strict }), false);
    await strict.close();
  });

  it('had no effect when it was rejected before it was processed', async () => {
    for (const status of [401, 403, 429]) {
      upstream.trick = (_call, response) => response.writeHead(status).end('{}');
      assert.equal(await asked(), false, String(status));
    }
  });

  it('may have taken effect when one of its tries may have arrived', async () => {
    let tries = 0;
    const first: Trick = (call, response, pass) =>
      tries++ === 0
        ? FAULTS['hangs up']!(call, response, pass)
        : FAULTS['has enough of us']!(call, response, pass);
    upstream.trick = first;
    assert.equal(await asked(upstream.url, { repeatable: true }), true);
    assert.equal(tries, 2);
  });

  it('had no effect while the circuit breaker is open', async () => {
    const circuit = new CircuitBreaker(() => 0);
    const lost = () => Promise.reject(new NoUsableResponse('lost', true));
    for (let i = 0; i < 8; i++) await circuit.run(lost).catch(() => undefined);
    await assert.rejects(
      circuit.run(lost),
      (error) => error instanceof ProviderError && !error.mayHaveTakenEffect,
    );
  });

  it('does not open the circuit breaker when our own code skipped it', async () => {
    const circuit = new CircuitBreaker(() => 0);
    const unasked = () =>
      Promise.reject(new ProviderError('unavailable', 'no id yet', { mayHaveTakenEffect: false }));
    for (let i = 0; i < 20; i++) await circuit.run(unasked).catch(() => undefined);
    assert.equal(await circuit.run(() => Promise.resolve('answered')), 'answered');
    const http = new ProviderHttp({ baseUrl: `http://127.0.0.1:${await freePort()}`, outbound });
    const nobodyThere = () => http.call({ method: 'GET', path: '/', repeatable: false }, ({ json }) => json);
    for (let i = 0; i < 8; i++) await circuit.run(nobodyThere).catch(() => undefined);
    await assert.rejects(
      circuit.run(() => Promise.resolve('answered')),
      /call skipped/,
    );
  });
});
