import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { compareElement, integrity } from '../../../src/companion/cli/integrity.ts';

const FILES = { 'sbp-checkout.js': 'export const entry = 1;\n', 'chunks/qr-code-abc.js': 'export {};\n' };
const hashOf = (text: string) => `sha384-${createHash('sha384').update(text).digest('base64')}`;
const hashes = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, hashOf(text)]));
const published = Buffer.from(JSON.stringify(hashes));
const BUILD = { integrity: hashes, published, pinnedPath: '/pinned/0123456789abcdef' };

/** Serves a companion's element at `/pay-api`. `changed` replaces files; `null` removes one. */
async function serve(t: TestContext, changed: Record<string, string | null> = {}): Promise<string> {
  const served: Record<string, string | null> = { '/integrity.json': published.toString() };
  for (const [name, text] of Object.entries(FILES)) {
    served[`/${name}`] = text;
    served[`${BUILD.pinnedPath}/${name}`] = text;
  }
  Object.assign(served, changed);
  const server = createServer((request, response) => {
    const text = served[request.url!.slice('/pay-api'.length)];
    if (text?.startsWith('to ')) response.writeHead(302, { location: text.slice(3) }).end();
    else response.writeHead(text ? 200 : 404).end(text ?? '');
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/pay-api`;
}

describe('the element that an address serves', () => {
  it('is the package’s when every byte is', async (t) => {
    const address = await serve(t);
    for (const written of [address, `${address}/`]) {
      assert.deepEqual(await compareElement(BUILD, written), { same: 5, differences: [] });
    }
  });

  it('is not when a byte, a pinned copy, the list of hashes or a file is another', async (t) => {
    const chunk = 'chunks/qr-code-abc.js';
    for (const [path, text, found] of [
      ['sbp-checkout.js', 'export const entry = 2;\n', /^sbp-checkout\.js: is sha384-/],
      [`pinned/0123456789abcdef/${chunk}`, 'evil()', /^pinned\/.*: is sha384-/],
      ['integrity.json', '{}', /^integrity\.json: is sha384-/],
      [chunk, null, /^chunks.*: answered 404/],
      [chunk, 'to /pay-api/sbp-checkout.js', /^chunks.*: could not be read/],
    ] as const) {
      const { same, differences } = await compareElement(BUILD, await serve(t, { [`/${path}`]: text }));
      assert.equal(same, 4, path);
      assert.match(differences.join(), found);
    }
  });

  it('is not when nobody answers', async () => {
    const { same, differences } = await compareElement(BUILD, 'http://127.0.0.1:9');
    assert.deepEqual([same, differences.length], [0, 5]);
  });
});

describe('sbp-checkout integrity', () => {
  it('says in one line that an address is none, or that nobody answers there', async () => {
    await assert.rejects(integrity('localhost:8787'), {
      name: 'CommandError',
      message: /must be an http\(s\) address/,
    });
    await assert.rejects(integrity('http://127.0.0.1:9'), {
      name: 'CommandError',
      message: /^Nothing to compare at http:\/\/127\.0\.0\.1:9: each file could not be read: .+$/,
    });
  });
});
