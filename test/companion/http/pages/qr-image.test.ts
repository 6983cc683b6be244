import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MAX_QR_BYTES } from '../../../../src/protocol/qr-capacity.ts';
import { MAX_QR_PIXELS, MIN_QR_PIXELS, qrPng, qrSvg } from '../../../../src/companion/http/pages/qr-image.ts';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { ScriptedProvider } from '../../../support/scripted-provider.ts';

const START = 'https://bank.example/pay?order=';
const ofBytes = (length: number) => START + 'x'.repeat(length - START.length);
/** Returns a link of `length` bytes: a Cyrillic character has two bytes. */
const cyrillic = (length: number) => START + 'щ'.repeat((length - START.length) / 2);

describe('the drawn QR', () => {
  it('holds a link up to its capacity in bytes, at every size', () => {
    for (const size of [MIN_QR_PIXELS, 256, MAX_QR_PIXELS]) {
      assert.match(qrSvg(ofBytes(MAX_QR_BYTES), size)!, /viewBox="0 0 185 185"/, 'version 40');
      assert.ok(qrPng(ofBytes(MAX_QR_BYTES), size)!.length > 100);
      assert.equal(qrSvg(ofBytes(MAX_QR_BYTES + 1), size), null);
      assert.equal(qrPng(ofBytes(MAX_QR_BYTES + 1), size), null);
    }
  });

  it('counts characters beyond ASCII as their bytes', () => {
    assert.ok(qrSvg(cyrillic(MAX_QR_BYTES), 256));
    assert.equal(qrSvg(cyrillic(MAX_QR_BYTES + 2), 256), null);
    assert.equal(qrSvg('https://bank.example/💐'.padEnd(MAX_QR_BYTES, 'x'), 256), null);
  });
});

class LongLinks extends ScriptedProvider {
  url = '';
  override async create(request: { reference: string; amount: number }) {
    const offer = await super.create(request);
    return { ...offer, presentation: { kind: 'link' as const, url: this.url, deep_link: null } };
  }
}

describe('a payment whose link is too long for a QR', () => {
  const provider = new LongLinks();
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion({}, { providers: { sandbox: provider } });
  });
  after(() => shop.stop());

  for (const url of [ofBytes(MAX_QR_BYTES + 1), cyrillic(MAX_QR_BYTES + 2), ofBytes(60_000)]) {
    it(`is created, looked up, replayed and ended without one (${new TextEncoder().encode(url).length} bytes)`, async () => {
      provider.url = url;
      for (const format of ['svg', 'png']) {
        const headers = { 'idempotency-key': `${format}-${url.length}` };
        const create = () =>
          shop.api('/payments', { json: { order_id: 'LONG', amount: 5, qr: { format } }, headers });
        const answer = await create();
        assert.equal(answer.status, 201);
        const created = (await answer.json()) as Record<string, unknown>;
        assert.equal(created['qr_payload'], url);
        assert.equal(created[`qr_${format}`], null);
        assert.deepEqual(await (await create()).json(), created);
        const id = String(created['payment_id']);
        assert.equal((await shop.api(`/payments/${id}`)).status, 200);
        const session = await shop.checkout('/session', String(created['token']));
        assert.deepEqual(((await session.json()) as { presentation: unknown }).presentation, {
          kind: 'link',
          url,
          deep_link: null,
        });
        assert.equal((await shop.api(`/payments/${id}/cancel`, { json: {} })).status, 200);
      }
    });
  }
});
