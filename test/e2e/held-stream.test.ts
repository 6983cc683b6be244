import assert from 'node:assert/strict';
import { after, describe, it, type TestContext } from 'node:test';
import type { Page } from 'playwright-core';
import { DESKTOP } from '../support/browser.ts';
import { HOLDS, HoldingProxy, type Hold } from '../support/holding-proxy.ts';
import { ensureNginx } from '../support/install-nginx.ts';
import { Nginx } from '../support/nginx.ts';
import { Pace } from '../support/pace.ts';
import { screenIs } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';

const street = openStreet();

/** The page notices any kind of silence within this time. */
const NOTICED_MS = 45_000;
/** The longest time for one poll and its response. */
const POLLED_MS = 5_000;
const AT_ONCE_MS = 2_000;

interface Watched {
  readonly page: Page;
  readonly paymentId: string;
  /** Returns the `connection` of every `sbp-connection` event so far. */
  readonly connections: () => Promise<string[]>;
}

async function watch(url: string): Promise<Watched> {
  const { token, payment_id } = await street.companion.client.createPayment();
  const page = await (await street.browser.newContext(DESKTOP)).newPage();
  await page.addInitScript(() => {
    const told: string[] = [];
    Object.assign(window, { told });
    document.addEventListener('sbp-connection', ({ detail }) => told.push(detail.connection));
  });
  await street.shop.show(page, url, token);
  await screenIs(page, 'pay');
  const connections = () => page.evaluate(() => (window as unknown as { told: string[] }).told);
  return { page, paymentId: payment_id, connections };
}

async function paidWithin(
  t: TestContext,
  { page, paymentId, connections }: Watched,
  ms: number,
): Promise<void> {
  const pace = Pace.start();
  const since = performance.now();
  await street.companion.client.sandbox(paymentId, 'pay');
  await screenIs(page, 'paid');
  const tookMs = Math.round(performance.now() - since);
  t.diagnostic(`"paid" after ${tookMs} ms`);
  assert.ok(tookMs < pace.stretch(ms), `"paid" after ${tookMs} ms`);
  assert.equal((await connections()).includes('offline'), false);
  await page.context().close();
}

/** With these proxies, no byte of the stream arrives before its end. */
const SILENT = [
  'the headers and the body until the end',
  'the headers for 12 s',
  'the body until the end',
  'the body until the end, in HTTP/1.0',
  'what its compression has not filled a block with',
] as const;

/** Runs the tests at the same time, since each waits in real time. */
describe('a payment behind a proxy that holds', { concurrency: true }, () => {
  const proxies: HoldingProxy[] = [];
  after(() => Promise.all(proxies.map((proxy) => proxy.stop())));

  async function behind(hold: Hold): Promise<Watched> {
    const proxy = await HoldingProxy.start(street.companion.url, hold);
    proxies.push(proxy);
    return watch(proxy.url);
  }

  for (const name of SILENT) {
    it(`${name}: it is not called live, and is polled round`, async (t) => {
      const watched = await behind(HOLDS[name]);
      await watched.page.waitForTimeout(2_000);
      assert.deepEqual(await watched.connections(), []);
      await paidWithin(t, watched, NOTICED_MS);
    });
  }

  for (const name of ['all but the first event', 'all but the heartbeats'] as const) {
    it(`${name}: it is found out`, async (t) => {
      const watched = await behind(HOLDS[name]);
      await watched.page.waitForTimeout(2_000);
      assert.deepEqual(await watched.connections(), ['live']);
      await paidWithin(t, watched, NOTICED_MS);
    });
  }

  for (const name of ['the body until the end', 'all but the first event'] as const) {
    it(`${name}: polling takes over within 45 s, and keeps on while streams are tried again`, async (t) => {
      const watched = await behind(HOLDS[name]);
      const { page } = watched;
      const pace = Pace.start();
      const since = performance.now();
      await page.waitForFunction(() => document.querySelector('sbp-checkout')?.connection === 'polling');
      const noticedMs = performance.now() - since;
      assert.ok(noticedMs < pace.stretch(NOTICED_MS), `polling after ${noticedMs} ms`);
      await page.waitForTimeout(10_000);
      assert.equal((await watched.connections()).at(-1), 'polling');
      await paidWithin(t, watched, POLLED_MS);
    });
  }

  for (const name of ['nothing, in HTTP/1.0', 'nothing, compressed and flushed'] as const) {
    it(`${name}: it is live`, async (t) => {
      const watched = await behind(HOLDS[name]);
      await watched.page.waitForFunction(() => document.querySelector('sbp-checkout')?.connection === 'live');
      await paidWithin(t, watched, AT_ONCE_MS);
    });
  }
});

const nginx = ensureNginx();

describe(
  'a payment behind an nginx that is told to',
  { skip: 'missing' in nginx ? nginx.missing : false },
  () => {
    for (const [what, settings] of [
      ['buffer whatever the companion says', 'proxy_ignore_headers X-Accel-Buffering;'],
      [
        'compress and buffer',
        'proxy_ignore_headers X-Accel-Buffering; gzip on; gzip_proxied any; gzip_min_length 1; gzip_types text/event-stream;',
      ],
      [
        'speak HTTP/1.0 to both sides',
        'proxy_http_version 1.0; keepalive_timeout 0; chunked_transfer_encoding off;',
      ],
    ] as const) {
      it(`${what} turns "paid" in bounded time`, async (t) => {
        const proxy = await Nginx.start('path' in nginx ? nginx.path : '', street.companion.url, settings);
        t.after(() => proxy.stop());
        await paidWithin(t, await watch(proxy.url), NOTICED_MS);
      });
    }
  },
);
