import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../support/companion.ts';
import { RawSocket } from '../../support/raw-socket.ts';

const IDLE_SOCKETS = 1_000;

describe('slow and idle clients', { concurrency: true }, () => {
  let shop: TestCompanion;
  before(async () => {
    shop = await startCompanion({ SBP_RATE_LIMIT: '0' });
  });
  after(() => shop.stop());

  it('are closed by their deadline when they trickle their headers', async () => {
    const socket = await RawSocket.open(shop.url);
    socket.send('GET /healthz HTTP/1.1\r\nhost: x\r\nx-slow: ');
    socket.trickle('a'.repeat(100), 200);
    const ms = await socket.closed(15_000);
    assert.ok(ms >= 9_000 && ms < 13_000, `${ms} ms`);
    assert.match(socket.received, /^HTTP\/1\.1 408 [^]*request_timeout/);
  });

  it('are closed by their deadline when they trickle a body', async () => {
    const socket = await RawSocket.open(shop.url);
    socket.send(
      `POST /api/sbp/v1/payments HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${API_KEY}\r\n` +
        'content-type: application/json\r\ncontent-length: 100000\r\n\r\n{',
    );
    socket.trickle(' '.repeat(1000), 100);
    const ms = await socket.closed(26_000);
    assert.ok(ms >= 18_000 && ms < 24_000, `${ms} ms`);
    assert.match(socket.received, /^HTTP\/1\.1 408 [^]*request_timeout/);
  });

  it(`are closed when they say nothing, ${IDLE_SOCKETS} of them, while good calls go on`, async () => {
    const idle = await Promise.all(Array.from({ length: IDLE_SOCKETS }, () => RawSocket.open(shop.url)));
    const times: number[] = [];
    while (idle.some(({ closedAfterMs }) => closedAfterMs === null)) {
      const since = performance.now();
      const response = await fetch(`${shop.url}/healthz`);
      times.push(performance.now() - since);
      assert.equal(response.status, 200);
      assert.ok(times.length < 1500, 'idle sockets stay open');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const p99 = times.sort((a, b) => a - b)[Math.floor(times.length * 0.99)]!;
    assert.ok(p99 < 250, `p99 of good calls: ${p99} ms`);
    const longest = Math.max(...idle.map(({ closedAfterMs }) => closedAfterMs!));
    assert.ok(longest < 14_000, `${longest} ms`);
  });

  it('are refused with headers over 16 KiB, and with what is no HTTP', async () => {
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
