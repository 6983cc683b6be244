import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { startCompanion, type TestCompanion } from '../../../support/companion.ts';
import { RawSocket } from '../../../support/raw-socket.ts';

describe('a connection', () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion({ SBP_RATE_LIMIT: '0' });
  });
  after(() => shop.stop());

  it('is refused with headers over 16 KiB, and with what is no HTTP', async () => {
    const large = await RawSocket.open(shop.url);
    large.send(`GET /healthz HTTP/1.1\r\nhost: x\r\nx-large: ${'a'.repeat(17_000)}\r\n\r\n`);
    await large.closed(5_000);
    assert.match(large.received, /^HTTP\/1\.1 431 [^]*headers_too_large/);

    const nonsense = await RawSocket.open(shop.url);
    nonsense.send('NONSENSE\r\n\r\n');
    await nonsense.closed(5_000);
    assert.match(nonsense.received, /^HTTP\/1\.1 400 [^]*application\/problem\+json[^]*malformed_request/);
  });
});
