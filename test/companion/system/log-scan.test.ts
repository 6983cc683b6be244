import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it } from 'node:test';
import { ProviderError } from '../../../src/companion/providers/provider.ts';
import { assertCleanAddresses, watchAddress } from '../../support/address-scan.ts';
import { API_KEY, startCompanion, WEBHOOK_SECRET } from '../../support/companion.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { findLeaks } from '../../support/log-scan.ts';
import { ScriptedProvider } from '../../support/scripted-provider.ts';

const TOKEN = `pay_${'Ab-_9'.repeat(4)}.${'Z'.repeat(43)}`;

const LEAKS: Readonly<Record<string, string>> = {
  'a payment token': `GET /checkout/v1/session?token=${TOKEN}`,
  'a payment link': `opened https://pay.example/pay#${TOKEN}`,
  'a key in its header': 'authorization: Bearer abcdefgh-0123',
  'a password in its header': 'Basic dXNlcjpzZWNyZXQ=',
  'an e-mail address': '{"msg":"no such customer: anna.karenina+sbp@mail.example.ru"}',
  'credentials in an address': 'https://user:secret@bank.example/',
  'a phone number': '"+79990001122"',
  'a phone number, in digits': 'phone=89990001122x',
  'a phone number, as people write it': 'call +7 (999) 000-11-22',
  'an address': '{"ip":"203.0.113.7"}',
  'a secret': `x${API_KEY}x`,
};

const INNOCENT = [
  '{"level":30,"time":1767225600123,"reqId":"79990001-1223-4abc-8def-0123456789ab","msg":"request"}',
  '{"payment_id":"pay_79990001122abcdEFGHi","delivery_id":"dlv_9_79990001122-abcdef","outcome":"applied"}',
  `{"body_sha256":"79990001122${'a'.repeat(53)}","delivery_id":"sha256_79990001122${'B'.repeat(32)}"}`,
  'at file:///shop/node_modules/@fastify/error/index.js:79:12',
  '{"address":"http://127.0.0.1:8787","amount":125000}',
];

describe('the search for leaks', () => {
  for (const [kind, line] of Object.entries(LEAKS)) {
    it(`finds ${kind}`, () => {
      assert.equal(findLeaks(`{"msg":"before"}\n${line}\n`, [API_KEY]).length > 0, true);
    });
  }

  it('leaves alone what a log is for', () => {
    assert.deepEqual(findLeaks(INNOCENT.join('\n'), [API_KEY]), []);
  });
});

describe('the end of every companion in these tests', () => {
  it('fails when it has logged what a log may not hold', async () => {
    const provider = new ScriptedProvider();
    provider.create = () =>
      Promise.reject(new ProviderError('refused', 'nobody answers at +7 999 000-11-22'));
    const shop = await startCompanion({}, { providers: { sandbox: provider } });
    await shop.api('/payments', { json: { order_id: 'A', amount: 100 } });
    await assert.rejects(shop.stop(), /a phone number: .*nobody answers/);
  });

  it('fails when its process has', async () => {
    const companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: 'https://shop.example' });
    companion.output += `\n{"msg":"signed by ${WEBHOOK_SECRET}"}`;
    await assert.rejects(companion.stop(), /a secret of the configuration: .*signed by/);
  });

  it('fails when somebody was asked under an address that holds a token', async (t) => {
    const merchant = createServer((_request, response) => response.writeHead(204).end());
    await new Promise<void>((resolve) => merchant.listen(0, '127.0.0.1', resolve));
    t.after(() => merchant.close());
    const { port } = merchant.address() as AddressInfo;
    const asked = once(merchant, 'request');
    const shop = await startCompanion();
    await shop.api('/test/webhook', {
      json: { callback_url: `http://127.0.0.1:${port}/hook?for=${encodeURIComponent(TOKEN)}` },
    });
    await asked;
    await assert.rejects(shop.stop(), /these addresses were asked for:\n\/hook\?for=/);
  });

  it('fails when a browser has asked for one, but not for what stays behind the "#"', () => {
    watchAddress(`https://pay.example/pay#${TOKEN}`);
    assertCleanAddresses();
    watchAddress(`https://pay.example/pay?${TOKEN}`);
    assert.throws(assertCleanAddresses, /pay\?pay_/);
  });
});
