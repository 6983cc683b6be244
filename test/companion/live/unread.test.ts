import assert from 'node:assert/strict';
import { createServer, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { EventStream } from '../../../src/companion/live/event-stream.ts';
import { LiveHub } from '../../../src/companion/live/hub.ts';
import type { Payment } from '../../../src/companion/payments/model/payment.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { keptMbOf } from '../../support/kept-memory.ts';
import { metric } from '../../support/metric.ts';
import { Pace } from '../../support/pace.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { StreamConnection } from '../../support/stream-connection.ts';
import { StrictEventStream } from '../../support/strict-event-stream.ts';

const READERS = 1_000;
/** As many changes as time allows: a stream stays open for 5 s after the payment has a result. */
const CHANGES = { most: 100, withinMs: 4_500 };
/** The promised limit for each reader. */
const CAP_BYTES = 64 * 1024;
const MAX_GROWTH_MB = (READERS * CAP_BYTES) / 2 ** 20;
const HEARTBEAT_MS = 250;
/** Makes a snapshot of about 8 KB: 26 of them fill a reader's socket buffer. */
const WORDY = {
  description: '№'.repeat(500),
  return_url: `https://shop.example/${'№'.repeat(2_000)}`,
};

const SERVER = join(import.meta.dirname, '../../support/socket-file-server.ts');

let directory: string;
before(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sbp-unread-'));
});
after(() => rm(directory, { recursive: true, force: true }));

/** Sends a request and reads nothing until the socket is resumed. */
async function openUnread(socketPath: string, head: string): Promise<Socket> {
  const socket = connect({ path: socketPath });
  socket.pause().on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(head);
  return socket;
}

function p(times: readonly number[], share: number): number {
  return Math.round([...times].sort((a, b) => a - b)[Math.floor(times.length * share)]!);
}

describe(`${READERS} readers that do not read`, () => {
  it('cost little memory, and hold nobody else up', async (t) => {
    const socketPath = join(directory, 'companion.sock');
    const companion = await CompanionProcess.start(
      { SOCKET_FILE: socketPath, SBP_LOG_LEVEL: 'warn' },
      SERVER,
    );
    const sockets: Socket[] = [];
    t.after(async () => {
      for (const socket of sockets) socket.destroy();
      await companion.stop();
    });
    const { client } = companion;
    const { payment_id, token } = await client.createPayment({ amount: 1_000_000, ...WORDY });
    const head = `GET /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`;
    const open = () => metric(companion.url, 'sbp_open_streams');
    while (sockets.length < READERS) {
      sockets.push(await openUnread(socketPath, head));
      // A socket file has a short accept queue, and the system refuses connections when the queue is full.
      if (sockets.length % 100 === 0) await until(async () => (await open()) === sockets.length);
    }
    const healthy = new StreamConnection(companion.url, { token, socketPath });
    assert.ok(await healthy.version(2));
    const before = { keptMb: await keptMbOf(companion), residentMb: companion.memoryMb() };

    const pace = Pace.start();
    const times: number[] = [];
    let version = 2;
    const change = async (make: () => Promise<Response>) => {
      const since = performance.now();
      const [response] = await Promise.all([make(), healthy.version(++version)]);
      times.push(performance.now() - since);
      assert.ok(response.ok, `${response.status}`);
    };
    await change(() => client.sandbox(payment_id, 'pay'));
    const deadline = Date.now() + CHANGES.withinMs;
    const refund = () => client.api('/refunds', { json: { payment_id, amount: 1 } });
    while (times.length < CHANGES.most && Date.now() < deadline) {
      await Promise.all([change(refund), change(refund), change(refund)]);
    }
    const after = { residentMb: companion.memoryMb(), keptMb: await keptMbOf(companion) };
    assert.equal(healthy.versions.at(-1), version);
    const late = new StrictEventStream();
    sockets[0]!.on('data', (chunk: Buffer) => late.feed(chunk)).resume();
    await until(() => Number(late.lastEventId) === version);
    t.diagnostic(
      `kept ${before.keptMb.toFixed(1)} MB with ${READERS} readers, ${after.keptMb.toFixed(1)} MB after ` +
        `${times.length} changes (resident ${before.residentMb} and ${after.residentMb} MB); a reader that reads has each after ${p(times, 0.5)} ms (p50), ${p(times, 0.99)} ms (p99)`,
    );
    t.diagnostic(
      `one that reads at last gets ${late.events.length} of ${version - 1} snapshots, the newest among them`,
    );
    assert.ok(after.keptMb - before.keptMb < MAX_GROWTH_MB, 'what nobody reads is kept');
    assert.ok(late.events.length < version - 2, 'the system took all: the test proves nothing');
    assert.ok(p(times, 0.5) < pace.stretch(500));
    healthy.stop();
  });

  it('are cut off, each by the heartbeat, while a reader that reads is not', async (t) => {
    const hub = new LiveHub();
    const text = WORDY.description + WORDY.return_url;
    const responses: ServerResponse[] = [];
    const server = createServer((_request, response) => {
      responses.push(response);
      const render = (payment: Payment) => ({ version: payment.version, text });
      const stream = new EventStream({ response, seen: -1, render, heartbeatMs: HEARTBEAT_MS });
      response.on('close', hub.subscribe('pay_1', stream));
    });
    const socketPath = join(directory, 'streams.sock');
    await new Promise<void>((resolve) => server.listen(socketPath, resolve));
    const healthy = new StreamConnection('http://x', { token: '', socketPath });
    await until(() => responses.length === 1);
    const sockets: Socket[] = [];
    t.after(() => {
      for (const socket of sockets) socket.destroy();
      healthy.stop();
      server.close();
    });
    while (sockets.length < READERS) {
      sockets.push(await openUnread(socketPath, 'GET / HTTP/1.1\r\nhost: x\r\n\r\n'));
      if (sockets.length % 100 === 0) await until(() => responses.length === sockets.length + 1);
    }

    const unread = responses.slice(1);
    let version = 0;
    const publish = async () => {
      hub.publish({ id: 'pay_1', version: ++version, status: 'created' } as Payment);
      assert.ok(await healthy.version(version));
    };
    let pending = 0;
    while (hub.size > 1) {
      await publish();
      for (const { writableLength } of unread) pending = Math.max(pending, writableLength);
      assert.ok(version < 2_000, 'somebody is never cut off');
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    t.diagnostic(`all are cut off after ${version} changes, with at most ${pending} bytes waiting for one`);
    assert.ok(pending < CAP_BYTES, `${pending} bytes`);
    assert.ok(unread.every((response) => response.destroyed));
    await publish();
    assert.ok(healthy.parser.comments.length > 0);
  });
});

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, 'it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
