import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API_KEY, startCompanion, TOKEN_SECRET, WEBHOOK_SECRET } from '../../../support/companion.ts';

describe('the first page of a companion', () => {
  it('says what it is, in which mode, and where its documentation is, in both languages', async (t) => {
    for (const test of [true, false]) {
      const shop = await startCompanion({ SBP_MERCHANT_NAME: '<b>Ромашка</b>' }, { settings: { test } });
      t.after(() => shop.stop());
      for (const [language, mode] of [
        ['ru', test ? 'Тестовый режим' : 'Рабочий режим'],
        ['en', test ? 'Test mode' : 'Live mode'],
      ] as const) {
        const answer = await fetch(`${shop.url}/`, { headers: { 'accept-language': language } });
        assert.equal(answer.status, 200);
        assert.match(answer.headers.get('content-type')!, /^text\/html/);
        assert.match(
          answer.headers.get('content-security-policy')!,
          /default-src 'none'.*frame-ancestors 'none'/,
        );
        assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
        const html = await answer.text();
        assert.ok(html.includes(`lang="${language}"`));
        assert.ok(html.includes(mode));
        assert.equal(html.includes('<b>'), false, 'names are text');
        const [, docs] = /<a href="([^"]+)"/.exec(html)!;
        assert.equal((await fetch(new URL(docs!, shop.url))).status, 200);
        const [, css] = /<link rel="stylesheet" href="([^"]+)"/.exec(html)!;
        assert.equal((await fetch(new URL(css!, shop.url))).status, 200);
        for (const secret of [API_KEY, TOKEN_SECRET, WEBHOOK_SECRET])
          assert.equal(html.includes(secret), false);
      }
      assert.equal((await fetch(`${shop.url}/`, { method: 'HEAD' })).status, 200);
    }
  });

  it('has its styles by every name of the server: its policy takes them from that host only', async (t) => {
    for (const [publicUrl, base] of [
      ['https://pay.example.ru', ''],
      ['https://shop.ru/pay-api', '/pay-api'],
    ] as const) {
      const shop = await startCompanion({ SBP_PUBLIC_URL: publicUrl });
      t.after(() => shop.stop());
      const html = await (await fetch(`${shop.url}/`)).text();
      const [, css] = /<link rel="stylesheet" href="([^"]+)"/.exec(html)!;
      assert.equal(css, `${base}/start.css`);
      assert.equal((await fetch(shop.url + css)).status, 200);
      assert.ok(html.includes(`<a href="${base}/docs"`));
    }
  });
});
