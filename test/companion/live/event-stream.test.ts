import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { describe, it, type TestContext } from 'node:test';
import { EventStream } from '../../../src/companion/live/event-stream.ts';
import type { PaymentStatus } from '../../../src/protocol/status.ts';
import type { Payment } from '../../../src/companion/payments/model/payment.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { PATIENCE_MS } from '../../support/patience.ts';

const KIB = 1024;
const CAP_BYTES = 64 * KIB;
const HEARTBEAT_MS = 100;
const BIG = 'x'.repeat(2 * KIB);

/** Opens a stream to a raw socket. The payment has only the fields that the stream reads. */
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
    stream,
    update: (status: PaymentStatus = 'created') => stream.update({ version: ++version, status } as Payment),
    version: () => version,
  };
}

/** Sends changes until the connection has accepted no bytes for a while. */
async function fill(
  { update, response }: Awaited<ReturnType<typeof streamTo>>,
  status: PaymentStatus,
): Promise<void> {
  for (let refused = 0; refused < 20; refused = response.writableLength > 0 ? refused + 1 : 0) {
    assert.equal(response.destroyed, false, 'cut off before it was full');
    update(status);
    await (refused > 0 ? new Promise((resolve) => setTimeout(resolve, 1)) : new Promise(setImmediate));
  }
}

async function untilReceived(client: RawSocket, text: string): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!client.received.includes(text)) {
    assert.ok(Date.now() < deadline, `"${text}" did not arrive`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
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
    await untilReceived(client, `id: ${version()}\n`);
    const ids = [...client.received.matchAll(/^id: (\d+)$/gm)].map(([, id]) => Number(id));
    assert.deepEqual(
      ids,
      [...new Set(ids)].sort((a, b) => a - b),
    );
    assert.ok(ids.length < version(), 'those in between were skipped');
  });

  it('cuts off a reader that does not even take the last words', async (t) => {
    const unread = await streamTo(t, false, 1_000);
    await fill(unread, 'created');
    unread.stream.drain();
    await once(unread.response, 'close');
    assert.equal(unread.response.writableFinished, false, 'it took them: the test proves nothing');
  });

  it('says what is newest before it says that nothing more will come', async (t) => {
    const slow = await streamTo(t, false);
    await fill(slow, 'paid');
    await once(slow.response, 'prefinish');
    slow.client.socket.resume();
    await untilReceived(slow.client, 'event: end\ndata: {}\n\n');
    const last = slow.client.received.slice(slow.client.received.lastIndexOf('event: snapshot'));
    assert.match(last, new RegExp(`^event: snapshot\nid: ${slow.version()}\n[^]*\nevent: end\ndata: {}\n\n`));
  });

  it('goes on for a reader that reads', async (t) => {
    const { client, response, update, version } = await streamTo(t, true, HEARTBEAT_MS);
    const begun = performance.now();
    for (let i = 0; i < 10; i++) {
      update();
      await new Promise((resolve) => setTimeout(resolve, HEARTBEAT_MS));
    }
    assert.equal(response.destroyed, false);
    assert.ok(client.received.includes(`id: ${version()}\n`));
    const comments = client.received.match(/^:$/gm)?.length ?? 0;
    const heartbeats = (performance.now() - begun) / HEARTBEAT_MS;
    assert.ok(
      comments >= 5 && comments <= heartbeats + 1,
      `${comments} comments in ${heartbeats} heartbeats`,
    );
  });
});
