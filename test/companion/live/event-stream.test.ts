import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { EventStream } from '../../../src/companion/live/event-stream.ts';
import type { Payment } from '../../../src/companion/payments/payment.ts';
import { RawSocket } from '../../support/raw-socket.ts';

const KIB = 1024;
const CAP_BYTES = 64 * KIB;
const HEARTBEAT_MS = 100;
const BIG = 'x'.repeat(2 * KIB);

/** A stream to a raw socket; the payment is only what the stream looks at. */
async function streamTo(t: TestContext, reading: boolean, heartbeatMs = 60_000) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const arrived = once(server, 'request') as Promise<[unknown, ServerResponse]>;
  const client = await RawSocket.open(`http://127.0.0.1:${(server.address() as { port: number }).port}`);
  if (!reading) client.socket.pause();
  client.send('GET / HTTP/1.1\r\nhost: x\r\n\r\n');
  const [, response] = await arrived;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  let version = 0;
  const stream = new EventStream({
    response,
    seen: -1,
    heartbeatMs,
    render: (payment) => ({ version: payment.version, text: BIG }),
  });
  t.after(() => {
    client.close();
    server.close();
    server.closeAllConnections();
  });
  return {
    client,
    response,
    update: () => stream.update({ version: ++version, status: 'created' } as Payment),
    version: () => version,
  };
}

describe('a status stream', () => {
  it('keeps one snapshot for a reader that does not read, and cuts it off', async (t) => {
    const { response, update } = await streamTo(t, false, 1_000);
    let pending = 0;
    for (let i = 0; i < 20_000 && !response.destroyed; i++) {
      update();
      pending = Math.max(pending, response.writableLength);
      if (i % 4 === 0) await new Promise(setImmediate);
    }
    assert.ok(pending > 0, 'the connection took everything: the test proves nothing');
    assert.ok(pending < CAP_BYTES, `${pending} bytes pending`);
    if (!response.destroyed) await once(response, 'close');
    assert.ok(response.destroyed);
  });

  it('gives the newest snapshot to a reader that reads again', async (t) => {
    const { client, response, update, version } = await streamTo(t, false);
    for (let i = 0; i < 20_000 || response.writableLength === 0; i++) {
      update();
      if (i % 4 === 0) await new Promise(setImmediate);
    }
    client.socket.resume();
    const deadline = Date.now() + 5_000;
    while (!client.received.includes(`id: ${version()}\n`)) {
      assert.ok(Date.now() < deadline, `version ${version()} did not arrive`);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const ids = [...client.received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    assert.ok(ids.length < version(), 'those in between were skipped');
  });

  it('goes on for a reader that reads', async (t) => {
    const { client, response, update, version } = await streamTo(t, true, HEARTBEAT_MS);
    for (let i = 0; i < 10; i++) {
      update();
      await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS));
    }
    assert.equal(response.destroyed, false);
    assert.ok(client.received.includes(`id: ${version()}\n`));
    const comments = client.received.match(/^:$/gm)?.length ?? 0;
    assert.ok(comments >= 8 && comments <= 11, `${comments} comments in 10 heartbeats`);
  });
});
