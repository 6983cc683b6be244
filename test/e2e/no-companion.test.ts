import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { DESKTOP, PHONE } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { Pace } from '../support/pace.ts';
import { screenIs, textOf } from '../support/shop-page.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';
import { WrongServer, type WrongAnswer } from '../support/wrong-server.ts';

const street = openStreet();

/** A page without a response from a companion reports that after this time, and not much sooner. */
const UNHEARD_MS = 15_000;
const TIMES = { least: 14_000, most: 20_000 };

const PAGE = '<!doctype html><h1>Магазин</h1>';
const WRONG: Record<string, WrongAnswer> = {
  'an HTML page for whatever is asked': { status: 200, type: 'text/html', body: PAGE },
  'an HTML 404': { status: 404, type: 'text/html', body: PAGE },
  'a 502 page': { status: 502, type: 'text/html', body: '<h1>Bad Gateway</h1>' },
  'a plain 404': { status: 404, type: 'text/plain', body: 'Not found' },
  'another service’s JSON': { status: 200, type: 'application/json', body: '{"id":7,"status":"paid"}' },
  'another service’s JSON 404': { status: 404, type: 'application/json', body: '{"detail":"Not Found"}' },
};

interface Visit {
  readonly page: Page;
  readonly console: string[];
  readonly errors: () => Promise<string[]>;
  readonly openedAt: number;
}

/** A shop that merges scripts: it serves the element under its own address, and 404 for other files. */
let shop: Server;
let shopUrl = '';
/** The tokens by index. A page's address holds only the index, since tokens must not be in addresses. */
const tokens: string[] = [];
before(async () => {
  shop = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://shop');
    void answer(url).then(({ status, type, body }) => {
      response.writeHead(status, { 'content-type': type }).end(body);
    });
  });
  await new Promise<void>((resolve) => shop.listen(0, '127.0.0.1', resolve));
  shopUrl = `http://127.0.0.1:${(shop.address() as AddressInfo).port}`;
});
after(async () => {
  shop.closeAllConnections();
  await new Promise((resolve) => shop.close(resolve));
});

async function answer({ pathname, searchParams }: URL): Promise<WrongAnswer> {
  if (pathname === '/merged.js') {
    const body = await (await fetch(`${street.companion.url}/sbp-checkout.js`)).text();
    return { status: 200, type: 'text/javascript', body };
  }
  if (pathname !== '/checkout') return WRONG['a plain 404']!;
  const script = searchParams.get('script') ?? `${street.companion.url}/sbp-checkout.js`;
  const endpoint = searchParams.get('endpoint');
  const attribute = endpoint === null ? '' : ` endpoint="${endpoint}"`;
  const body =
    `<!doctype html><html lang="${searchParams.get('lang') ?? 'ru'}"><meta name="viewport" content="width=device-width">` +
    `<script type="module" src="${script}"></script>` +
    `<sbp-checkout token="${tokens[Number(searchParams.get('payment'))] ?? ''}"${attribute}></sbp-checkout>`;
  return { status: 200, type: 'text/html; charset=utf-8', body };
}

async function visit(query: Record<string, string>, device = DESKTOP, ownToken?: string): Promise<Visit> {
  const token = ownToken ?? (await street.companion.client.createPayment()).token;
  const payment = String(tokens.push(token) - 1);
  const page = await (await street.browser.newContext(device)).newPage();
  const console: string[] = [];
  page.on('console', (message) => {
    if (message.text().includes('<sbp-checkout>')) console.push(message.text());
  });
  await page.addInitScript(() => {
    const errors: string[] = [];
    Object.assign(window, { errors });
    document.addEventListener('sbp-error', ({ detail }) => errors.push(detail.code));
  });
  const openedAt = performance.now();
  await page.goto(`${shopUrl}/checkout?${new URLSearchParams({ payment, ...query }).toString()}`);
  const errors = () => page.evaluate(() => (window as unknown as { errors: string[] }).errors);
  return { page, console, errors, openedAt };
}

/** Asserts the payer's texts and buttons, the shop's event and the developer's console line. */
async function saysNoCompanion({ page, console, errors, openedAt }: Visit, told: RegExp): Promise<void> {
  const pace = Pace.start();
  await screenIs(page, 'error');
  const ms = performance.now() - openedAt;
  assert.ok(ms > TIMES.least && ms < pace.stretch(TIMES.most), `after ${ms} ms`);
  const text = await textOf(page);
  assert.match(text, /Сервис оплаты не отвечает/);
  assert.doesNotMatch(text, /Нет связи|интернет/);
  await page.getByRole('button', { name: 'Попробовать ещё раз' }).click();
  await page.getByText('Пока не удалось проверить').waitFor();
  assert.deepEqual(await errors(), ['no-companion']);
  assert.equal(console.length, 1, console.join('\n'));
  assert.match(console[0]!, told);
}

describe('a page that has heard no companion says so', { concurrency: true }, () => {
  for (const [what, wrong] of Object.entries(WRONG)) {
    it(`at ${what}`, async (t) => {
      const server = await WrongServer.start(wrong);
      t.after(() => server.stop());
      const visited = await visit({ endpoint: server.url });
      const came =
        wrong.status === 200 && wrong.type === 'application/json' ? 'JSON' : `${wrong.status} ${wrong.type}`;
      await saysNoCompanion(visited, new RegExp(`${server.url}/checkout/v1/session.*${came}`));
      await visited.page.context().close();
    });
  }

  it('at a server that lets no page read its answers', async (t) => {
    const server = await WrongServer.start(WRONG['an HTML 404']!, false);
    t.after(() => server.stop());
    const visited = await visit({ endpoint: server.url });
    await saysNoCompanion(visited, new RegExp(`${server.url}.*TypeError`));
    await visited.page.context().close();
  });

  it('at an address where nobody listens', async () => {
    const visited = await visit({ endpoint: 'http://127.0.0.1:9' });
    await saysNoCompanion(visited, /127\.0\.0\.1:9.*TypeError/);
    await visited.page.context().close();
  });

  it('at the companion itself under a wrong path', async () => {
    const visited = await visit({ endpoint: `${street.companion.url}/wrong` });
    await saysNoCompanion(visited, /\/wrong\/checkout\/v1\/session/);
    await visited.page.context().close();
  });

  it('with a script that was merged into the shop’s own, on a phone', async () => {
    const visited = await visit({ script: '/merged.js' }, PHONE);
    await saysNoCompanion(visited, new RegExp(`${shopUrl}/checkout/v1/session.*404 text/plain.*endpoint`));
    await visited.page.context().close();
  });

  it('and takes the payment when one answers after all', async (t) => {
    const late = await CompanionProcess.start();
    t.after(() => late.stop());
    const { token } = await late.client.createPayment();
    await late.kill();
    const visited = await visit({ endpoint: late.url }, DESKTOP, token);
    await screenIs(visited.page, 'error');
    await late.start();
    // The page also recovers without the tap. On a slow machine that removes the button while Playwright aims at it.
    const tapped = visited.page.getByRole('button', { name: 'Попробовать ещё раз' }).click();
    tapped.catch(() => undefined);
    await screenIs(visited.page, 'pay');
    await until(
      () => visited.page.evaluate(() => document.querySelector('sbp-checkout')?.connection === 'live'),
      'the stream',
    );
    assert.deepEqual(await visited.errors(), ['no-companion']);
    await visited.page.context().close();
  });

  it('but not without a network: then it says that', async () => {
    const visited = await visit({ endpoint: '' }, DESKTOP);
    await screenIs(visited.page, 'pay');
    const { token } = await street.companion.client.createPayment();
    await visited.page.context().setOffline(true);
    await visited.page.evaluate((next) => {
      document.querySelector('sbp-checkout')!.token = next;
    }, token);
    await visited.page.getByText('Нет связи').waitFor();
    await visited.page.waitForTimeout(UNHEARD_MS + 3_000);
    assert.deepEqual([await visited.errors(), visited.console], [[], []]);
    assert.equal(await visited.page.locator('sbp-checkout').getAttribute('screen'), 'loading');
    await visited.page.context().setOffline(false);
    await screenIs(visited.page, 'pay');
    await visited.page.context().close();
  });
});

describe('an endpoint that a build has left empty', () => {
  it('is the script’s folder, as none is', async () => {
    const { page } = await visit({ endpoint: '' });
    await screenIs(page, 'pay');
    await page.context().close();
  });
});
