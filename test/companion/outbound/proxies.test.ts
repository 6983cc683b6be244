import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { proxyFor, readProxies, shownProxy } from '../../../src/companion/outbound/proxies.ts';

function read(env: Readonly<Record<string, string>>) {
  const mistakes: string[] = [];
  const proxies = readProxies(
    (name) => env[name] ?? null,
    (text) => mistakes.push(text),
  );
  return { proxies, mistakes };
}
const through = (env: Readonly<Record<string, string>>, address: string) =>
  proxyFor(new URL(address), read(env).proxies);
const PROXY = { HTTPS_PROXY: 'http://proxy.example:3128', HTTP_PROXY: 'http://plain.example:3128' };

describe('the proxies from the environment', () => {
  it('are chosen by scheme, in either spelling, and lower case wins', () => {
    assert.equal(through(PROXY, 'https://bank.example/'), 'http://proxy.example:3128/');
    assert.equal(through(PROXY, 'http://bank.example/'), 'http://plain.example:3128/');
    assert.equal(through({ HTTP_PROXY: 'http://p.example' }, 'https://bank.example/'), null);
    assert.equal(
      through({ ...PROXY, https_proxy: 'https://small.example:8443' }, 'https://bank.example/'),
      'https://small.example:8443/',
    );
    assert.equal(through({}, 'https://bank.example/'), null);
  });

  it('may omit the scheme', () => {
    assert.equal(
      through({ https_proxy: 'proxy.example:3128' }, 'https://a.example/'),
      'http://proxy.example:3128/',
    );
  });

  it('are never used for this machine', () => {
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '127.8.8.8'])
      assert.equal(through(PROXY, `https://${host}:8443/`), null, host);
  });

  for (const [exceptions, direct, proxied] of [
    [
      'bank.example',
      ['bank.example', 'api.bank.example', 'BANK.example.'],
      ['otherbank.example', 'bank.example.ru'],
    ],
    ['.bank.example', ['api.bank.example', 'bank.example'], ['mybank.example']],
    ['*.bank.example', ['api.bank.example'], ['mybank.example']],
    ['bank.example:8443', ['bank.example:8443'], ['bank.example', 'bank.example:9443']],
    ['bank.example:443', ['bank.example', 'bank.example:443'], ['bank.example:8443']],
    ['*', ['bank.example', '10.0.0.1'], []],
    ['nothing.example, *', ['bank.example'], []],
    ['a.example b.example,\tc.example', ['a.example', 'b.example', 'c.example'], ['d.example']],
    ['10.0.0.0/8,192.0.2.7', ['10.1.2.3', '192.0.2.7'], ['11.0.0.1', '192.0.2.8', 'ten.example']],
    ['[2001:db8::1],fd00::/8', ['[2001:db8::1]', '[fd12::1]'], ['[2001:db8::2]']],
    ['Bank.Example', ['bank.example'], []],
    ['', [], ['bank.example']],
  ] as const) {
    it(`are not used with NO_PROXY="${exceptions}"`, () => {
      for (const name of ['NO_PROXY', 'no_proxy']) {
        const env = { ...PROXY, [name]: exceptions };
        for (const host of direct) assert.equal(through(env, `https://${host}/`), null, host);
        for (const host of proxied) assert.notEqual(through(env, `https://${host}/`), null, host);
      }
    });
  }

  it('are named in a mistake, without their password', () => {
    for (const value of [
      'socks5://u:hunter2@proxy.example',
      'ftp://u:hunter2@x',
      'http://',
      'http://u:hunter2@:1',
    ]) {
      const { proxies, mistakes } = read({ HTTPS_PROXY: value });
      assert.equal(proxies.https, null, value);
      assert.equal(mistakes.length, 1, value);
      assert.match(mistakes[0]!, /^HTTPS_PROXY must be/);
      assert.ok(!mistakes[0]!.includes('hunter2'));
    }
    assert.equal(shownProxy('http://u:hunter2@proxy.example:3128/'), 'http://proxy.example:3128');
  });
});
