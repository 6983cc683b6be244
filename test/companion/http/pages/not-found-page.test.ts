import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { tokensIn } from '../../../../src/protocol/payment-token.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { ENCODINGS } from '../../../support/token-encodings.ts';

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion();
});
after(() => shop.stop());

const PERSON = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
const ask = (path: string, headers: Record<string, string> = PERSON) =>
  fetch(`${shop.url}${path}`, { headers });

describe('an address that does not exist', () => {
  it('is a page in words for a person, in both languages', async () => {
    for (const path of ['/nothing', '/docs/nothing', '/payments', '/start']) {
      for (const [language, words] of [
        ['ru', 'Такой страницы здесь нет'],
        ['en', 'There is no such page here'],
      ] as const) {
        const answer = await ask(path, { ...PERSON, 'accept-language': language });
        assert.equal(answer.status, 404, path);
        assert.match(answer.headers.get('content-type')!, /^text\/html/);
        const html = await answer.text();
        assert.ok(html.includes(words), path);
        const [, css] = /<link rel="stylesheet" href="([^"]+)"/.exec(html)!;
        assert.equal((await fetch(new URL(css!, answer.url))).status, 200);
      }
    }
  });

  it('is the hosted page below that page’s address, which looks for the token, with its files', async () => {
    for (const [path, status] of [
      ['/pay/', 200],
      ['/pay/nothing', 404],
      ['/pay/nothing/at/all', 404],
      ['/pay%23nothing', 400],
      ['/pay%', 400],
      [`/pay%23${'x'.repeat(200)}`, 414],
    ] as const) {
      const answer = await ask(path);
      assert.equal(answer.status, status, path);
      assert.match(answer.headers.get('content-security-policy')!, /script-src 'self'/);
      const html = await answer.text();
      const [, css] = /<link rel="stylesheet" href="([^"]+)"/.exec(html)!;
      assert.equal(new URL(css!, answer.url).pathname, '/pay.css', path);
    }
  });

  it('stays a problem document for programs', async () => {
    for (const [path, headers] of [
      ['/nothing', { accept: '*/*' }],
      ['/nothing', { accept: 'application/json' }],
      ['/pay/nothing', { accept: 'application/json' }],
      ['/api/sbp/v1/nothing', PERSON],
      ['/checkout/v1/nothing', PERSON],
      ['/webhooks/nothing/else', PERSON],
    ] as const) {
      const answer = await ask(path, headers);
      assert.equal(answer.status, 404, path);
      assert.match(answer.headers.get('content-type')!, /problem\+json/);
    }
    const posted = await fetch(`${shop.url}/nothing`, { method: 'POST', headers: PERSON });
    assert.match(posted.headers.get('content-type')!, /problem\+json/);
  });

  it('is neither logged nor repeated where it holds a token', async () => {
    // A token of our format, of no payment. test/e2e/hosted-page-addresses.test.ts tests real tokens.
    const token = `pay_nobody_nobody-nobody.${'s3cret-'.repeat(7).slice(0, 43)}`;
    assert.deepEqual(tokensIn(token), [token]);
    for (const encode of ENCODINGS) {
      const sent = encode(token);
      for (const path of [
        `/pay%23${sent}`,
        `/pay/${sent}`,
        `/x/${sent}`,
        `/x?t=${sent}`,
        `/pay%23${sent}${'&x'.repeat(60)}`,
        `/${'x'.repeat(135)}/${sent}`, // The response cuts the address inside the token.
        `/pay%23${sent}%`,
      ]) {
        for (const headers of [PERSON, { accept: '*/*' }]) {
          const answer = await ask(path, headers);
          assert.equal(answer.status, 400, path);
          const text = await answer.text();
          assert.equal(text.includes('s3cret') || text.includes(sent.slice(0, 60)), false, path);
        }
      }
    }
    assert.equal(shop.logs().includes('s3cret'), false);
  });
});
