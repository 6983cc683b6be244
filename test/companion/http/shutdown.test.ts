import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { API_KEY, startCompanion, type TestCompanion } from '../../support/companion.ts';
import { Pace } from '../../support/pace.ts';
import { asResponse } from '../../support/raw-client.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { until } from '../../support/until.ts';

/** Sends a request whose first part arrives before the shutdown, and whose rest follows at once. Returns the response. */
async function finishedDuringShutdown(shop: TestCompanion, head: string, rest: string): Promise<Response> {
  const socket = await RawSocket.open(shop.url);
  socket.send(head);
  // When this call has its response, the companion has read the first part.
  await shop.api('/payments?limit=1');
  const stopped = shop.stop();
  socket.send(rest);
  await stopped;
  await until(() => socket.received.includes('\r\n\r\n'), 'an answer');
  const [answer = '', body = ''] = socket.received.split('\r\n\r\n');
  return asResponse({ head: answer, body });
}

describe('a request that is finished while the companion stops', () => {
  it('is served, and its connection closed', async () => {
    const shop = await startCompanion();
    const body = '{"order_id":"LAST","amount":5}';
    const head = [
      'POST /api/sbp/v1/payments HTTP/1.1',
      'host: x',
      `authorization: Bearer ${API_KEY}`,
      'content-type: application/json',
      `content-length: ${body.length}`,
    ].join('\r\n');
    const response = await finishedDuringShutdown(shop, head, `\r\n\r\n${body}`);
    assert.equal(response.status, 201);
    assert.equal(response.headers.get('connection'), 'close');
    assert.equal(((await response.json()) as { order_id: string }).order_id, 'LAST');
  });

  it('gets no stream that would hold it up', async () => {
    const shop = await startCompanion();
    const { token } = await shop.createPayment();
    const head = `GET /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}`;
    const pace = Pace.start();
    const since = performance.now();
    const response = await finishedDuringShutdown(shop, head, '\r\n\r\n');
    const tookMs = performance.now() - since;
    assert.ok(tookMs < pace.stretch(4_000), `${tookMs} ms`);
    assert.equal(response.status, 200);
    assert.match(await response.text(), /retry: \d+/, 'it is told when to come back');
  });
});
