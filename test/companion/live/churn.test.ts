import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../support/companion-process.ts';
import { metric } from '../../support/metric.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

const CYCLES = Number(process.env['STREAM_CYCLES'] ?? 20_000);
const PAYMENTS = 10;
const PER_PAYMENT = 20;
/** Two for each payment: who leaves is noticed a little later, and may meanwhile still count. */
const CALLERS = 2 * PAYMENTS;
/** Of cycles: by then every path has been compiled and the heap has its size. */
const WARM_UP = 0.4;
const MAX_GROWTH_MB = 40;

/** How far a stream comes before its reader leaves. */
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
  it(`leave nothing behind, ${CYCLES} of them`, { timeout: 60_000 + CYCLES * 5 }, async (t) => {
    const companion = await CompanionProcess.start({
      SBP_LOG_LEVEL: 'warn',
      SBP_STREAM_LIMIT: String(PAYMENTS * PER_PAYMENT),
    });
    t.after(() => companion.stop());
    const payments = await Promise.all(
      Array.from({ length: PAYMENTS }, () => companion.client.createPayment()),
    );
    const tokens = payments.map(({ token }) => token);
    const open = () => metric(companion.url, 'sbp_open_streams');

    const since = performance.now();
    let begun = 0;
    let warm = 0;
    const moments = Object.values(MOMENTS);
    const ways = Object.values(WAYS);
    await Promise.all(
      Array.from({ length: CALLERS }, async (_, caller) => {
        while (begun < CYCLES) {
          const cycle = begun++;
          if (cycle === Math.floor(CYCLES * WARM_UP)) warm = companion.memoryMb();
          // A change finds some of them on their way out.
          if (cycle % (CYCLES / PAYMENTS) === 0)
            await companion.client.sandbox(payments[caller % PAYMENTS]!.payment_id, 'process');
          const moment = moments[cycle % moments.length]!;
          const leave = ways[Math.floor(cycle / moments.length) % ways.length]!;
          await comeAndGo(companion.port, tokens[caller % PAYMENTS]!, moment, leave);
        }
      }),
    );
    const seconds = (performance.now() - since) / 1000;
    await until(async () => (await open()) === 0);
    const end = companion.memoryMb();
    t.diagnostic(
      `${CYCLES} streams in ${seconds.toFixed(1)} s; resident memory: ${warm} MB after the warm-up, ${end} MB at the end`,
    );
    assert.ok(end - warm < MAX_GROWTH_MB, `memory grew from ${warm} to ${end} MB`);
    assert.equal(companion.output.includes('request failed'), false, companion.output);

    // Every place is free again, and there is not one more.
    const streams: StreamConnection[] = [];
    t.after(() => streams.forEach((stream) => stream.stop()));
    for (const token of tokens) {
      const again = Array.from({ length: PER_PAYMENT }, () => new StreamConnection(companion.url, { token }));
      streams.push(...again);
      for (const stream of again) assert.ok(await stream.version(2), `${stream.status}`);
    }
    assert.equal(await open(), PAYMENTS * PER_PAYMENT);
    const oneMore = new StreamConnection(companion.url, { token: tokens[0]! });
    await oneMore.closed;
    assert.equal(oneMore.status, 429);
  });
});

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
  const deadline = Date.now() + 10_000;
  while (!(await done())) {
    assert.ok(Date.now() < deadline, 'it did not come to that in 10 s');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
