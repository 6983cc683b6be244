import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import { createBankDirectory, type BankDirectoryOptions } from '../../../src/companion/banks/directory.ts';
import { BANK_SNAPSHOT } from '../../../src/companion/banks/snapshot.ts';
import { OutboundClient } from '../../../src/companion/outbound/client.ts';
import { entry, makeBankList, SBER } from '../../support/bank-list.ts';

const HOUR_MS = 60 * 60_000;
const PNG = Buffer.from('89504e470d0a1a0a0000000d', 'hex');

async function openOrigin(t: TestContext, listener: RequestListener) {
  const server = createServer(listener).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function openDirectory(t: TestContext, url: string | null, options: Partial<BankDirectoryOptions> = {}) {
  const warnings: object[] = [];
  let time = Date.parse('2026-01-01T00:00:00Z');
  const outbound = new OutboundClient({ development: true });
  t.after(() => outbound.close());
  const directory = createBankDirectory({
    outbound,
    source: url === null ? null : { kind: 'file', url, apiKey: null, logoOrigins: [] },
    log: { info: () => undefined, warn: (details) => warnings.push(details) },
    now: () => time,
    random: () => 0,
    timeoutMs: 2_000,
    ...options,
  });
  t.after(() => directory.close());
  return { directory, warnings, pass: (ms: number) => (time += ms) };
}

const respond =
  (body: unknown): RequestListener =>
  (_request, response) =>
    response.end(typeof body === 'string' ? body : JSON.stringify(body));

describe('the bank directory', () => {
  it('serves the snapshot at once, and the list once it is downloaded', async (t) => {
    const url = await openOrigin(t, respond(makeBankList(200)));
    const { directory } = openDirectory(t, url);
    assert.equal(directory.banks('ios'), BANK_SNAPSHOT);
    await directory.settled();
    assert.equal(directory.banks('ios').length, 200);
  });

  it("reads another companion's list with its key, and follows no redirect", async (t) => {
    const seen: (string | undefined)[] = [];
    const banks = BANK_SNAPSHOT.map(({ id, name, logoUrl }) => {
      return { id, scheme: id, name, logo_url: logoUrl, aliases: [], package_name: 'ru.example.app' };
    });
    const stranger = await openOrigin(t, (request, response) => {
      seen.push(request.headers.authorization);
      response.end(JSON.stringify({ platform: 'android', banks }));
    });
    const crooked = await openOrigin(t, (_request, response) =>
      response.writeHead(302, { location: stranger }).end(),
    );
    const open = async (url: string) => {
      const { directory } = openDirectory(t, null, {
        source: { kind: 'file', url, apiKey: 'upstream-key', logoOrigins: [] },
      });
      await directory.settled();
      return directory.banks('ios');
    };
    assert.equal((await open(stranger))[0]!.packageName, 'ru.example.app');
    assert.equal(await open(crooked), BANK_SNAPSHOT);
    assert.deepEqual(seen, ['Bearer upstream-key']);
  });

  it('downloads once a day, however often it is read', async (t) => {
    let asked = 0;
    const url = await openOrigin(t, (_request, response) => {
      asked++;
      response.end(JSON.stringify(makeBankList(asked === 1 ? 30 : 40)));
    });
    const { directory, pass } = openDirectory(t, url);
    await directory.settled();
    pass(24 * HOUR_MS - 1);
    assert.equal(directory.banks('ios').length, 30);
    await directory.settled();
    assert.equal(asked, 1);
    pass(1);
    assert.equal(directory.banks('ios').length, 30, 'the payer is not made to wait for the new one');
    await directory.settled();
    assert.equal(directory.banks('ios').length, 40);
    assert.equal(asked, 2);
  });

  it('keeps the last good list across a restart, and ignores a broken file', async (t) => {
    const cacheFile = join(mkdtempSync(join(tmpdir(), 'sbp-banks-')), 'banks.json');
    const url = await openOrigin(t, respond(makeBankList(120)));
    await openDirectory(t, url, { cacheFile }).directory.settled();
    const gone = 'http://127.0.0.1:9/gone.json';
    assert.equal(openDirectory(t, gone, { cacheFile }).directory.banks('ios').length, 120);
    writeFileSync(cacheFile, '{"dictionary": [');
    assert.equal(openDirectory(t, gone, { cacheFile }).directory.banks('ios'), BANK_SNAPSHOT);
  });

  const failures: Record<string, RequestListener> = {
    'a 500': (_request, response) => response.writeHead(500).end('no'),
    'a list cut short': (_request, response) => {
      response.writeHead(200, { 'content-length': 100_000 });
      response.write(JSON.stringify(makeBankList()).slice(0, 5_000), () => response.destroy());
    },
    'text that is not JSON': respond('<html>'),
    'fewer than 20 banks': respond(makeBankList(19)),
    'many entries, few of them usable': respond({
      dictionary: [...makeBankList(19).dictionary, ...Array.from({ length: 300 }, () => entry('x', 'x'))],
    }),
    'a huge answer': respond({ ...makeBankList(), padding: 'x'.repeat(3 * 1024 * 1024) }),
    'a redirect to another scheme': (_request, response) =>
      response.writeHead(302, { location: 'https://127.0.0.1:1/' }).end(),
    'a redirect to a file': (_request, response) =>
      response.writeHead(302, { location: 'file:///etc/passwd' }).end(),
    'a circle of redirects': (_request, response) => response.writeHead(302, { location: '/' }).end(),
    'a body that never ends': (_request, response) => response.write('{"dictionary":['),
    'no answer': () => undefined,
  };
  for (const [what, fail] of Object.entries(failures)) {
    it(`keeps the last good list after ${what}`, async (t) => {
      let broken = false;
      const url = await openOrigin(t, (request, response) => {
        (broken ? fail : respond(makeBankList(50)))(request, response);
      });
      const { directory, warnings, pass } = openDirectory(t, url, { timeoutMs: 300 });
      await directory.settled();
      broken = true;
      pass(24 * HOUR_MS);
      directory.banks('ios');
      await directory.settled();
      assert.equal(directory.banks('ios').length, 50);
      assert.equal(warnings.length, 1);
    });
  }

  it('tries again after a failure, each time later', async (t) => {
    let asked = 0;
    const url = await openOrigin(t, (_request, response) => {
      asked++;
      if (asked < 3) response.writeHead(503).end();
      else response.end(JSON.stringify(makeBankList()));
    });
    const { directory, pass } = openDirectory(t, url);
    await directory.settled();
    for (const [wait, expected] of [
      [59_000, 1],
      [1_000, 2],
      [119_000, 2],
      [1_000, 3],
    ] as const) {
      pass(wait);
      directory.banks('ios');
      await directory.settled();
      assert.equal(asked, expected);
    }
    assert.equal(directory.banks('ios').length, 200);
  });

  it('follows a redirect to the same scheme', async (t) => {
    const url = await openOrigin(t, (request, response) => {
      if (request.url === '/new') response.end(JSON.stringify(makeBankList(25)));
      else response.writeHead(301, { location: '/new' }).end();
    });
    const { directory } = openDirectory(t, url);
    await directory.settled();
    assert.equal(directory.banks('ios').length, 25);
  });

  it('downloads nothing without an address or after it was closed', async (t) => {
    let asked = 0;
    class Counting extends OutboundClient {
      override configured(): OutboundClient {
        return this;
      }
      override call(): Promise<never> {
        asked++;
        return Promise.reject(new Error('not expected'));
      }
    }
    const { directory } = openDirectory(t, null, { outbound: new Counting({ development: true }) });
    await directory.settled();
    assert.equal(directory.banks('ios'), BANK_SNAPSHOT);
    assert.equal(await directory.logo(SBER), null);

    const hanging = await openOrigin(t, () => undefined);
    const closed = openDirectory(t, hanging);
    closed.directory.close();
    await closed.directory.settled();
    closed.pass(48 * HOUR_MS);
    assert.equal(closed.directory.banks('ios'), BANK_SNAPSHOT);
    assert.deepEqual(closed.warnings, []);
    assert.equal(asked, 0);
  });
});

describe('bank logos', () => {
  /** Serves the list, and each logo by the test's listener. */
  async function openWithLogo(t: TestContext, logo: RequestListener, logoHost?: string) {
    let asked = 0;
    let origin = '';
    origin = await openOrigin(t, (request, response) => {
      if (request.url === '/list') {
        const list = makeBankList(30).dictionary as { schema: string }[];
        const host = logoHost ?? origin;
        response.end(
          JSON.stringify({
            dictionary: list.map((bank) => ({ ...bank, logoURL: `${host}/${bank.schema}.png` })),
          }),
        );
      } else {
        asked++;
        logo(request, response);
      }
    });
    const opened = openDirectory(t, `${origin}/list`);
    await opened.directory.settled();
    return { ...opened, asked: () => asked };
  }

  it('are downloaded once from the origin of the list', async (t) => {
    const { directory, asked } = await openWithLogo(t, (_request, response) => response.end(PNG));
    const [first, second] = await Promise.all([directory.logo(SBER), directory.logo(SBER)]);
    assert.deepEqual(first, { type: 'image/png', bytes: PNG });
    assert.equal(first, second);
    await directory.logo(SBER);
    assert.equal(asked(), 1);
  });

  it('are not downloaded from another host, or for an unknown bank', async (t) => {
    const elsewhere = await openOrigin(t, (_request, response) => response.end(PNG));
    const { directory, asked } = await openWithLogo(t, () => undefined, elsewhere);
    assert.equal(await directory.logo(SBER), null);
    assert.equal(await directory.logo('bank000000000000'), null);
    assert.equal(await directory.logo('__proto__'), null);
    assert.equal(asked(), 0);
  });

  const unusable: Record<string, RequestListener> = {
    'a 404': (_request, response) => response.writeHead(404).end(PNG),
    'an SVG, whatever it is called': (_request, response) => {
      response.writeHead(200, { 'content-type': 'image/png' }).end('<svg onload="alert(1)"/>');
    },
    'more than 200 kB': (_request, response) => response.end(Buffer.concat([PNG, Buffer.alloc(200_000)])),
    'a redirect': (_request, response) => response.writeHead(302, { location: '/list' }).end(),
  };
  for (const [what, answer] of Object.entries(unusable)) {
    it(`are missing for ${what}, which is remembered for a while`, async (t) => {
      const { directory, asked, pass } = await openWithLogo(t, answer);
      assert.equal(await directory.logo(SBER), null);
      assert.equal(await directory.logo(SBER), null);
      assert.equal(asked(), 1);
      pass(HOUR_MS);
      await directory.logo(SBER);
      assert.equal(asked(), 2);
    });
  }

  it('are downloaded a few at a time', async (t) => {
    let open = 0;
    let most = 0;
    const { directory } = await openWithLogo(t, (_request, response) => {
      most = Math.max(most, ++open);
      setTimeout(() => {
        open--;
        response.end(PNG);
      }, 5);
    });
    const logos = await Promise.all(directory.banks('ios').map((bank) => directory.logo(bank.id)));
    assert.ok(logos.every((logo) => logo?.type === 'image/png'));
    assert.ok(most <= 6, `${most} at once`);
  });
});
