import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import type { Snapshot } from '../../../src/protocol/snapshot.ts';
import { openStore } from '../../../src/companion/store/store.ts';
import { CompanionProcess } from '../../support/companion-process.ts';
import { startCompanion, type CreatedPayment } from '../../support/companion.ts';
import { HeldStore } from '../../support/held-store.ts';
import { Pace } from '../../support/pace.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

const PAYMENTS = 40;
const STREAMS_EACH = 10;
const RETRY_MS = { min: 1_000, max: 3_000 };

interface Page {
  readonly payment: CreatedPayment;
  readonly first: StreamConnection;
}

describe('a shutdown', () => {
  it('ends every stream in order, each with a time of its own to come back, and loses nothing', async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    t.after(() => companion.stop());
    const { client, url } = companion;
    const payments = await Promise.all(Array.from({ length: PAYMENTS }, () => client.createPayment()));
    const pages: Page[] = payments.flatMap((payment) =>
      Array.from({ length: STREAMS_EACH }, () => ({
        payment,
        first: new StreamConnection(url, { token: payment.token }),
      })),
    );
    for (const { first } of pages) assert.ok(await first.version(2));

    // Some of these changes come before the shutdown, some during it.
    const changes = payments.map(({ payment_id }) => client.sandbox(payment_id, 'process').catch(() => null));
    await changes[PAYMENTS / 4];
    const pace = Pace.start();
    const since = performance.now();
    await companion.terminate();
    const tookMs = performance.now() - since;
    await Promise.all(changes);

    const retries: number[] = [];
    for (const { first } of pages) {
      assert.equal(await first.closed, 'ended');
      assert.match(first.parser.lastLine, /^retry: \d+$/);
      retries.push(first.parser.retries.at(-1)!);
    }
    const [least, most] = [Math.min(...retries), Math.max(...retries)];
    t.diagnostic(
      `${pages.length} streams ended in ${Math.round(tookMs)} ms; they come back after ${least} to ${most} ms, ` +
        `at ${new Set(retries).size} different times`,
    );
    assert.ok(tookMs < pace.stretch(4_000), 'a stream held up the end');
    assert.ok(least >= RETRY_MS.min && most <= RETRY_MS.max);
    assert.ok(
      least < 1_500 && most > 2_500 && new Set(retries).size > pages.length / 4,
      'they come all at once',
    );

    await companion.start();
    for (const { payment_id } of payments) assert.ok((await client.sandbox(payment_id, 'pay')).ok);
    const seenBefore = { created: 0, processing: 0 };
    await Promise.all(
      pages.map(async ({ payment, first }) => {
        const lastEventId = first.parser.lastEventId;
        seenBefore[first.snapshots.at(-1)!.status as keyof typeof seenBefore]++;
        const again = new StreamConnection(url, { token: payment.token, lastEventId });
        const { version } = await sessionOf(client, payment);
        assert.ok(await again.version(version));
        again.stop();
        const versions = [...first.versions, ...again.versions];
        assert.deepEqual(
          versions,
          [...new Set(versions)].sort((x, y) => x - y),
        );
        assert.equal(versions.at(-1), version);
        assert.equal(again.snapshots.at(-1)!.status, 'paid');
      }),
    );
    t.diagnostic(`pages by what they had seen: ${JSON.stringify(seenBefore)}; all have seen "paid" since`);
  });

  it('ends a stream in order that is not quite open when it comes', async (t) => {
    const directory = await mkdtemp(join(tmpdir(), 'sbp-held-'));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const store = new HeldStore(await openStore(join(directory, 'held.sqlite')));
    const shop = await startCompanion({}, { store });
    const { payment_id, token } = await shop.createPayment();
    const hold = store.holdRead(payment_id, 1);
    const stream = new StreamConnection(shop.url, { token });
    await hold.reached;
    const pace = Pace.start();
    const since = performance.now();
    const stopped = shop.stop();
    await new Promise((resolve) => setTimeout(resolve, 100));
    hold.release();
    assert.equal(await stream.closed, 'ended');
    assert.match(stream.parser.lastLine, /^retry: \d+$/);
    await stopped;
    const tookMs = performance.now() - since;
    assert.ok(tookMs < pace.stretch(4_000), `it held the end up for ${tookMs} ms`);
  });

  it('ends streams in order that open while it comes', async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    t.after(() => companion.stop());
    const { token } = await companion.client.createPayment();
    const streams: StreamConnection[] = [];
    let down = false;
    const openers = Array.from({ length: 16 }, async () => {
      while (!down) {
        const stream = new StreamConnection(companion.url, { token });
        streams.push(stream);
        // A refused stream is closed, and so is a connection to a stopped server.
        await Promise.race([stream.version(2), stream.closed]);
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 200));
    const pace = Pace.start();
    const since = performance.now();
    await companion.terminate();
    const tookMs = performance.now() - since;
    down = true;
    await Promise.all(openers);
    const ends = { ended: 0, cut: 0, refused: 0 };
    for (const stream of streams) {
      const close = await stream.closed;
      ends[stream.status === 200 ? close : 'refused']++;
    }
    t.diagnostic(`${JSON.stringify(ends)} in ${Math.round(tookMs)} ms`);
    assert.equal(ends.cut, 0);
    assert.ok(tookMs < pace.stretch(4_000), 'a stream held up the end');
  });
});

async function sessionOf(client: CompanionProcess['client'], { token }: CreatedPayment): Promise<Snapshot> {
  return (await (await client.checkout('/session', token)).json()) as Snapshot;
}
