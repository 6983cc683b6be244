import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import { DESKTOP } from '../support/browser.ts';
import { openStreet } from '../support/street.ts';
import { until } from '../support/until.ts';

const street = openStreet({ SBP_SANDBOX_LINK: 'nspk' });

interface Reply {
  readonly status?: number;
  readonly body?: object;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The page's visibility and focus, which the test sets. */
interface Sight {
  hidden: boolean;
  focused: boolean;
}

describe('the plain page', () => {
  /** Opens the hosted page with an element that does not parse. Counts its requests; `replies` replaces responses. */
  async function scripted(sight: Sight = { hidden: false, focused: true }) {
    const payment = await street.companion.client.createPayment();
    const answer = await street.companion.client.checkout('/session', payment.token);
    const real = (await answer.json()) as Snapshot;
    const asked: string[] = [];
    const replies: Record<string, Reply | undefined> = {};
    const page = await (await street.browser.newContext(DESKTOP)).newPage();
    await page.route('**/sbp-checkout.js', (route) =>
      route.fulfill({ body: 'export ???', contentType: 'text/javascript' }),
    );
    await page.route(/\/session(?:\/\w+)?$/, (route) => {
      const path = new URL(route.request().url()).pathname.split('/session')[1]!;
      asked.push(path);
      const reply = replies[path];
      if (!reply) return route.continue();
      const { status = 200, body = {}, headers = {} } = reply;
      const contentType = status === 200 ? 'application/json' : 'application/problem+json';
      return route.fulfill({ status, headers: { 'content-type': contentType, ...headers }, json: body });
    });
    await page.addInitScript(lookAt, sight);
    await page.clock.install();
    const count = (path: string) => asked.filter((each) => each === path).length;
    const open = () => page.goto(payment.payment_url);
    return { page, payment, real, asked, replies, count, open };
  }

  /** Lets `seconds` of the page's clock pass. After each second, waits for running requests. */
  async function pass(page: Page, seconds: number): Promise<void> {
    for (let at = 0; at < seconds; at++) {
      await page.clock.runFor(1_000);
      await page.evaluate(() => new Promise((go) => void fetch('pay.css').then(go)));
    }
  }

  /** Sets the page's visibility and focus, and dispatches the events that a browser sends with them. */
  async function see(page: Page, sight: Sight): Promise<void> {
    await page.evaluate(lookAt, sight);
    await page.evaluate(({ focused }) => {
      document.dispatchEvent(new Event('visibilitychange'));
      window.dispatchEvent(new Event(focused ? 'focus' : 'blur'));
    }, sight);
    await pass(page, 1);
  }

  const AWAY: Sight = { hidden: true, focused: false };
  const HERE: Sight = { hidden: false, focused: true };

  it('asks where an app’s browser calls it hidden, and rests where it has no focus either', async () => {
    const focused: Sight = { hidden: true, focused: true };
    for (const sight of [AWAY, focused]) {
      const { page, payment, count, open } = await scripted(sight);
      await open();
      await page.locator('.legacy svg').waitFor();
      await see(page, AWAY);
      const before = count('');
      await pass(page, 60);
      assert.equal(count(''), before);
      await street.companion.client.sandbox(payment.payment_id, 'pay');
      await see(page, focused);
      await page.getByRole('heading', { name: 'Оплачено' }).waitFor();
      await page.context().close();
    }
  });

  it('takes nothing for the payment that is none, and no older version', async () => {
    const { page, real, replies, open } = await scripted();
    replies[''] = { body: { login: 'portal' } };
    await open();
    await page.getByText('Пока не удалось проверить').waitFor();
    replies[''] = { body: { ...real, version: 7, status: 'processing' } };
    await pass(page, 15);
    await page.getByRole('heading', { name: 'Банк обрабатывает' }).waitFor();
    for (const body of [
      { ...real, version: 6, status: 'paid' },
      { ...real, version: 8, payment_id: undefined, status: 'paid' },
      { ...real, version: '8', status: 'paid' },
    ]) {
      replies[''] = { body };
      await pass(page, 65);
      assert.equal(await page.getByRole('heading', { name: 'Оплачено' }).count(), 0);
    }
    await page.context().close();
  });

  it('waits as long as the companion asks it to, also when the payer comes back', async () => {
    const { page, count, replies, open } = await scripted();
    replies[''] = { status: 503, headers: { 'retry-after': '100' } };
    await open();
    await page.getByText('Пока не удалось проверить').waitFor();
    for (const sight of [AWAY, HERE, AWAY, HERE]) await see(page, sight);
    await pass(page, 60);
    assert.equal(count(''), 1);
    await pass(page, 50);
    assert.equal(count(''), 2);
    await page.context().close();
  });

  it('asks nothing without a token, and nothing after the last word', async () => {
    const { page, payment, asked, real, replies, open } = await scripted();
    await page.goto(payment.payment_url.replace(/#.*/, ''));
    await page.getByText('Не удалось открыть оплату').waitFor();
    for (const sight of [AWAY, HERE]) await see(page, sight);
    assert.deepEqual(asked, []);
    await page.goto('about:blank');
    replies[''] = { body: { ...real, status: 'paid' } };
    await open();
    await page.getByRole('heading', { name: 'Оплачено' }).waitFor();
    for (const sight of [AWAY, HERE]) await see(page, sight);
    await pass(page, 60);
    assert.deepEqual(asked, ['']);
    await page.context().close();
  });

  it('says nothing of trouble beneath a result, and asks no more with a token that has ended', async () => {
    const { page, count, real, replies, open } = await scripted();
    replies[''] = { body: { ...real, status: 'partial_refunded' } };
    await open();
    await page.getByRole('heading', { name: 'Часть денег возвращена' }).waitFor();
    replies[''] = { status: 503 };
    await pass(page, 60);
    assert.ok(count('') > 1);
    assert.equal(await page.getByText('Пока не удалось').count(), 0);
    replies[''] = { status: 401 };
    await pass(page, 125);
    const before = count('');
    for (const sight of [AWAY, HERE]) await see(page, sight);
    await pass(page, 125);
    assert.equal(count(''), before);
    assert.equal(await page.getByText('Пока не удалось').count(), 0);
    assert.equal(await page.getByRole('heading', { name: 'Часть денег возвращена' }).count(), 1);
    await page.context().close();
  });

  it('asks again for a code that has not come, and speaks of none until then', async () => {
    const { page, count, replies, open } = await scripted();
    replies['/qr'] = { status: 503, headers: { 'retry-after': '20' } };
    await open();
    await page.getByRole('link', { name: 'Открыть ссылку на оплату' }).waitFor();
    await pass(page, 12);
    assert.equal(count('/qr'), 1);
    assert.equal(await page.getByText('Наведите').count(), 0);
    replies['/qr'] = { headers: { 'content-type': 'text/html' }, body: ['<p>a captive portal</p>'] };
    await pass(page, 15);
    assert.ok(count('/qr') > 1);
    assert.equal(await page.getByText('captive').count(), 0);
    replies['/qr'] = undefined;
    await pass(page, 10);
    await page.locator('.legacy svg').waitFor();
    await page.getByText('Наведите').waitFor();
    const before = count('/qr');
    await pass(page, 20);
    assert.equal(count('/qr'), before);
    await page.context().close();
  });

  it('has the bank asked once when the payer comes back, where that is on offer', async () => {
    for (const actions of [['check'], []]) {
      const { page, count, real, replies, open } = await scripted();
      replies[''] = { body: { ...real, actions } };
      replies['/check'] = { body: { ...real, version: real.version + 1, status: 'processing', actions } };
      await open();
      await page.locator('.legacy svg').waitFor();
      await pass(page, 12);
      assert.equal(count('/check'), 0);
      await see(page, AWAY);
      await see(page, HERE);
      await until(() => count('/check') === actions.length, 'a question to the bank');
      if (actions.length > 0) await page.getByRole('heading', { name: 'Банк обрабатывает' }).waitFor();
      await pass(page, 12);
      assert.equal(count('/check'), actions.length);
      await page.context().close();
    }
  });
});

function lookAt({ hidden, focused }: Sight): void {
  Object.defineProperty(document, 'hidden', { configurable: true, value: hidden });
  document.hasFocus = () => focused;
}
