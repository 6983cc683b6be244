import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { StreamLimits } from '../../../src/companion/http/checkout/stream-limits.ts';
import { LiveHub } from '../../../src/companion/live/hub.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import type { CreatedPayment } from '../../support/companion.ts';
import { keptBytes, keptMbOf } from '../../support/kept-memory.ts';
import { metric } from '../../support/metric.ts';
import { PATIENCE_MS } from '../../support/patience.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

const CYCLES = Number(process.env['STREAM_CYCLES'] ?? 20_000);
const NAMES = 60_000;
const PAYMENTS = 10;
const PER_PAYMENT = 20;
/** Two for each payment: the server notices a closed connection a little later, and may still count it meanwhile. */
const CALLERS = 2 * PAYMENTS;
/** Share of the cycles. After them every code path is compiled. */
const WARM_UP = 0.4;
/** Limit for the growth of live memory. One leaked kilobyte for each stream after the warm-up would be 12 MB. */
const MAX_GROWTH_MB = 4;

const SERVER = join(import.meta.dirname, '../../support/collecting-server.ts');

/** The text that a stream has received when its reader leaves. */
const MOMENTS = {
  'before an answer': '',
  'at its head': '\r\n\r\n',
  'at its snapshot': '"version"',
} as const;
const WAYS: Readonly<Record<string, (socket: Socket) => unknown>> = {
  'by closing': (socket) => socket.destroy(),
  'by a reset': (socket) => socket.resetAndDestroy(),
  'by saying no more': (socket) => socket.resume().end(),
};

describe('streams that come and go', () => {
  it(`leave nothing behind, ${CYCLES} of them`, async (t) => {
    const companion = await CompanionProcess.start(
      { SBP_LOG_LEVEL: 'warn', SBP_STREAM_LIMIT: String(PAYMENTS * PER_PAYMENT) },
      SERVER,
    );
    t.after(() => companion.stop());
    const payments = await Promise.all(
      Array.from({ length: PAYMENTS }, () => companion.client.createPayment()),
    );
    const open = () => metric(companion.url, 'sbp_open_streams');
    /** Waits until all streams are gone. Returns the live and the resident memory. */
    const look = async () => {
      await until(async () => (await open()) === 0);
      return { keptMb: await keptMbOf(companion), residentMb: companion.memoryMb() };
    };

    const since = performance.now();
    await comeAndGoAll(companion, payments, CYCLES * WARM_UP);
    const warm = await look();
    await comeAndGoAll(companion, payments, CYCLES * (1 - WARM_UP));
    const end = await look();
    t.diagnostic(
      `${CYCLES} streams in ${((performance.now() - since) / 1000).toFixed(1)} s; ` +
        `kept ${warm.keptMb.toFixed(1)} MB after the warm-up, ${end.keptMb.toFixed(1)} MB at the end; ` +
        `resident ${warm.residentMb} MB and ${end.residentMb} MB`,
    );
    assert.ok(end.keptMb - warm.keptMb < MAX_GROWTH_MB, 'streams that are gone are kept');
    assert.equal(companion.output.includes('request failed'), false, companion.output);

    // All stream slots are free again, and no more than there were.
    const streams: StreamConnection[] = [];
    t.after(() => streams.forEach((stream) => stream.stop()));
    for (const { token } of payments) {
      const again = Array.from({ length: PER_PAYMENT }, () => new StreamConnection(companion.url, { token }));
      streams.push(...again);
      for (const stream of again) assert.ok(await stream.version(2), `answered ${stream.status}`);
    }
    assert.equal(await open(), PAYMENTS * PER_PAYMENT);
    const oneMore = new StreamConnection(companion.url, { token: payments[0]!.token });
    await oneMore.closed;
    assert.equal(oneMore.status, 429);
  });

  it(`are forgotten with their payments and addresses, ${NAMES} of them`, (t) => {
    const hub = new LiveHub();
    const slots = new StreamLimits(200);
    const subscriber = { update: () => undefined, drain: () => undefined };
    const comeAndGo = (first: number) => {
      for (let i = first; i < first + NAMES; i++) {
        const leave = hub.subscribe(`pay_${i}`, subscriber);
        const giveBack = slots.take(
          `2001:db8:${(i >> 16).toString(16)}:${(i & 0xffff).toString(16)}::1`,
          `pay_${i}`,
        );
        leave();
        giveBack();
      }
    };
    comeAndGo(0);
    const before = keptBytes();
    comeAndGo(NAMES);
    const after = keptBytes();
    // The hub and the slots are still in use, so their memory is counted in `after`.
    assert.equal(hub.size, 0);
    assert.doesNotThrow(() => slots.take('192.0.2.1', 'pay_1'));
    t.diagnostic(`kept ${((after - before) / NAMES).toFixed(1)} bytes for each`);
    assert.ok(after - before < NAMES);
  });
});

async function comeAndGoAll(
  { client, port }: CompanionProcess,
  payments: readonly CreatedPayment[],
  cycles: number,
): Promise<void> {
  const moments = Object.values(MOMENTS);
  const ways = Object.values(WAYS);
  let begun = 0;
  await Promise.all(
    Array.from({ length: CALLERS }, async (_, caller) => {
      const { payment_id, token } = payments[caller % PAYMENTS]!;
      while (begun < cycles) {
        const cycle = begun++;
        const moment = moments[cycle % moments.length]!;
        const leave = ways[Math.floor(cycle / moments.length) % ways.length]!;
        // A change meets streams that are opening and streams that are closing.
        const change = cycle % 1_000 === 500 ? client.sandbox(payment_id, 'process') : null;
        await comeAndGo(port, token, moment, leave);
        await change;
      }
    }),
  );
}

async function comeAndGo(
  port: number,
  token: string,
  moment: string,
  leave: (socket: Socket) => unknown,
): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  socket.write(
    `GET /checkout/v1/session/events HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${token}\r\n\r\n`,
  );
  if (moment === '') {
    await new Promise(setImmediate);
  } else {
    let received = '';
    await new Promise<void>((resolve) => {
      socket.on('data', (chunk) => {
        received += String(chunk);
        if (received.includes(moment)) resolve();
      });
      socket.on('close', () => resolve());
    });
    assert.match(received, /^HTTP\/1\.1 200 /);
  }
  leave(socket);
  await closed;
}

async function until(done: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + PATIENCE_MS;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, 'it did not come to that');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
