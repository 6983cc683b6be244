import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { CHROMIUM_ARGS, findChromium } from '../support/browser.ts';
import { CompanionProcess } from '../support/companion-process.ts';
import { until } from '../support/until.ts';

/** Many times longer than a visible page needs. */
const A_WHILE_MS = 5_000;

let companion: CompanionProcess;
let server: Server;
let origin = '';
let token = '';
const said: string[] = [];
let go = false;

/** Returns the page that the browser prerenders. The page reports what it does. */
function nextPage(): string {
  return `<!doctype html><html lang="ru"><meta charset="utf-8"><script>
const say = (...words) => fetch('/log', { method: 'POST', body: words.join(' '), keepalive: true });
say('loaded', document.prerendering);
for (const name of ['sbp-step', 'sbp-ready']) document.addEventListener(name, ({ detail }) => say(name, detail.step ?? '', document.prerendering));
new PerformanceObserver((list) => { for (const { name } of list.getEntries()) if (name.includes('/session')) say('asked', document.prerendering); }).observe({ type: 'resource' });
document.addEventListener('prerenderingchange', () => say('activated'));
</script><script type="module" src="${companion.url}/sbp-checkout.js"></script><sbp-checkout token="${token}"></sbp-checkout></html>`;
}

/** Navigates to the prerendered page when `/go` says so. DevTools cannot drive it, since they turn prerendering off. */
const FIRST_PAGE = `<!doctype html><html lang="ru"><meta charset="utf-8">
<script type="speculationrules">{"prerender":[{"urls":["/next"],"eagerness":"immediate"}]}</script>
<script>setInterval(async () => { if (await (await fetch('/go')).text() === 'yes') location.href = '/next'; }, 200)</script></html>`;

before(async () => {
  server = createServer((request, response) => {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    if (request.url === '/log') {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        said.push(body);
        response.end();
      });
    } else if (request.url === '/go') response.end(go ? 'yes' : 'no');
    else response.end(request.url === '/next' ? nextPage() : FIRST_PAGE);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  companion = await CompanionProcess.start({ SBP_ALLOWED_ORIGINS: origin });
  ({ token } = await companion.client.createPayment());
});
after(async () => {
  server.closeAllConnections();
  server.close();
  await companion.stop();
});

describe('a page that is prerendered', () => {
  it('asks for nothing and counts nothing before it is looked at', async (t) => {
    const profile = mkdtempSync(join(tmpdir(), 'sbp-prerender-'));
    const chromium = spawn(
      findChromium()!,
      [...CHROMIUM_ARGS, '--headless=new', `--user-data-dir=${profile}`, `${origin}/`],
      { stdio: 'ignore', detached: true },
    );
    try {
      await until(() => said.some((line) => line.startsWith('loaded')), 'the page');
      if (!said.includes('loaded true')) {
        t.skip('this browser does not prerender');
        return;
      }
      await wait(A_WHILE_MS);
      assert.deepEqual(said, ['loaded true']);
      go = true;
      await until(() => said.some((line) => line.startsWith('sbp-step shown')), 'the payment');
      assert.ok(said.includes('activated'), said.join('\n'));
      assert.deepEqual(
        said.filter((line) => line.endsWith('true') && !line.startsWith('loaded')),
        [],
      );
    } finally {
      process.kill(-chromium.pid!, 'SIGKILL');
      await wait(200);
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    }
  });
});
