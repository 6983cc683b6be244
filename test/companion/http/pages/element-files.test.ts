import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';

const SHOP_ORIGIN = 'https://shop.example';
const DIST = join(import.meta.dirname, '../../../../dist/cdn');
const IMMUTABLE = 'public, max-age=31536000, immutable';

let shop: TestCompanion;
let integrity: Record<string, string>;
let pinned: string;

before(async () => {
  shop = await startCompanion({ SBP_ALLOWED_ORIGINS: SHOP_ORIGIN });
  const published = await (await fetch(`${shop.url}/integrity.json`)).text();
  integrity = JSON.parse(published) as Record<string, string>;
  pinned = `${shop.url}/pinned/${createHash('sha384').update(published).digest('hex').slice(0, 16)}`;
});
after(() => shop.stop());

const sha384 = (bytes: Uint8Array) => `sha384-${createHash('sha384').update(bytes).digest('base64')}`;
const cacheOf = (response: Response) => response.headers.get('cache-control');

describe('the element’s scripts', () => {
  it('serves the picture of a paid tab, whole and to every page', async () => {
    const response = await fetch(`${shop.url}/paid.svg`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'image/svg+xml');
    assert.equal(response.headers.get('cross-origin-resource-policy'), 'cross-origin');
    assert.match(await response.text(), /^<svg [^>]+>(<\w+ [^<>]+\/>)+<\/svg>$/);
  });

  it('are the built files, under the hashes that the build has published', () => {
    const names = Object.keys(integrity);
    for (const entry of ['sbp-checkout.js', 'pay.js']) assert.ok(names.includes(entry), entry);
    for (const part of ['qr-code', 'bank-app']) {
      assert.ok(
        names.some((name) => name.startsWith(`chunks/${part}-`)),
        part,
      );
    }
    assert.deepEqual(JSON.parse(readFileSync(join(DIST, 'integrity.json'), 'utf8')), integrity);
    for (const name of names) assert.equal(sha384(readFileSync(join(DIST, name))), integrity[name], name);
  });

  it('are the same bytes at either address, however they are packed', async () => {
    for (const [name, hash] of Object.entries(integrity)) {
      for (const address of [`${shop.url}/${name}`, `${pinned}/${name}`]) {
        for (const encoding of ['br', 'gzip', 'identity']) {
          const response = await fetch(address, { headers: { 'accept-encoding': encoding } });
          assert.equal(response.status, 200, address);
          assert.equal(response.headers.get('content-encoding') ?? 'identity', encoding);
          assert.match(response.headers.get('content-type') ?? '', /^text\/javascript/);
          assert.equal(sha384(await response.bytes()), hash, `${address} ${encoding}`);
        }
      }
    }
  });

  it('are kept for good where their address names their bytes, and for minutes elsewhere', async () => {
    for (const name of Object.keys(integrity)) {
      assert.equal(cacheOf(await fetch(`${pinned}/${name}`)), IMMUTABLE, name);
      const plain = name.startsWith('chunks/') ? IMMUTABLE : 'public, max-age=300';
      assert.equal(cacheOf(await fetch(`${shop.url}/${name}`)), plain, name);
    }
    assert.equal((await fetch(`${shop.url}/pinned/0000000000000000/sbp-checkout.js`)).status, 404);
  });

  it('find each other inside the pinned folder', async () => {
    const found = new Set<string>();
    for (const name of Object.keys(integrity)) {
      const address = `${pinned}/${name}`;
      const code = await (await fetch(address)).text();
      const imports = [...code.matchAll(/(?:from|import\(?)\s*["'`](\.[^"'`]+)["'`]/g)];
      for (const [, path] of imports) {
        const target = new URL(path!, address).href;
        assert.ok(target.startsWith(`${pinned}/`), target);
        assert.equal((await fetch(target)).status, 200, target);
        found.add(target);
      }
    }
    const chunks = Object.keys(integrity).filter((name) => name.startsWith('chunks/'));
    for (const chunk of chunks) assert.ok(found.has(`${pinned}/${chunk}`), `nothing imports ${chunk}`);
  });

  it('are open to every origin, and so one cached answer serves all', async () => {
    for (const address of [
      `${pinned}/sbp-checkout.js`,
      `${shop.url}/sbp-checkout.js`,
      `${shop.url}/integrity.json`,
      ...Object.keys(integrity).map((name) => `${shop.url}/${name}`),
    ]) {
      for (const origin of [SHOP_ORIGIN, 'https://other.example', 'null', undefined]) {
        const response = await fetch(address, { headers: origin === undefined ? {} : { origin } });
        assert.equal(response.status, 200, address);
        assert.equal(response.headers.get('access-control-allow-origin'), '*', `${address} ${origin ?? ''}`);
        assert.notEqual(cacheOf(response), 'no-store');
        assert.doesNotMatch(response.headers.get('vary') ?? '', /\borigin\b/);
        const { etag } = Object.fromEntries(response.headers) as { etag: string };
        const again = await fetch(address, { headers: { 'if-none-match': etag } });
        assert.deepEqual([again.status, again.headers.get('access-control-allow-origin')], [304, '*']);
      }
    }
  });
});
