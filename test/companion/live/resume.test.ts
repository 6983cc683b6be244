import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { CompanionProcess } from '../../support/companion-process.ts';
import { CUT_AFTER, Cutter } from '../../support/cutter.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

/** Pages of one payment at a time. A group receives its payment's changes together. */
const GROUP = 400;
/** More than the bytes of the whole response, so that some connections are not cut. */
const ENOUGH_BYTES = 3_000;

interface Group {
  readonly paymentId: string;
  readonly token: string;
  readonly pages: readonly Page[];
}

/** A page whose first connection is cut. It reconnects with the id of the last complete event. */
interface Page {
  readonly offset: number;
  readonly first: StreamConnection;
  readonly second: Promise<StreamConnection>;
}

describe('a status stream that is cut', () => {
  it('goes on without gap and without double, at whatever byte', async (t) => {
    const companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
    const cutter = await Cutter.start(companion.port);
    t.after(async () => {
      await companion.stop();
      await cutter.stop();
    });
    const offsets = Array.from({ length: ENOUGH_BYTES }, (_, offset) => offset);
    const groups: Group[] = [];
    for (let at = 0; at < offsets.length; at += GROUP) {
      groups.push(await openGroup(companion, cutter, offsets.slice(at, at + GROUP)));
    }
    await Promise.all(groups.map((group) => liveThrough(companion, group)));
    for (const group of groups) await judge(companion, group);
    const { cuts, shortestWhole } = cutter;
    assert.ok(shortestWhole < ENOUGH_BYTES, 'no stream passed whole: it has more bytes than were tried');
    assert.equal(
      offsets.slice(0, shortestWhole).find((offset) => !cuts.has(offset)),
      undefined,
      'not cut there',
    );
    t.diagnostic(`${shortestWhole} bytes, cut at each: ${howMany(groups)}`);
  });
});

async function openGroup(
  { client, url }: CompanionProcess,
  cutter: Cutter,
  offsets: readonly number[],
): Promise<Group> {
  const { payment_id, token } = await client.createPayment();
  const pages = offsets.map((offset) => {
    const first = new StreamConnection(cutter.url, { token, headers: { [CUT_AFTER]: String(offset) } });
    const second = first.closed.then(() => resume(url, token, first.parser.lastEventId));
    return { offset, first, second };
  });
  return { paymentId: payment_id, token, pages };
}

/**
 * Opens the second connection. On a loaded machine the request may be late and get 408; then repeats it, as a page
 * would.
 */
async function resume(url: string, token: string, lastEventId: string): Promise<StreamConnection> {
  for (;;) {
    const stream = new StreamConnection(url, { token, lastEventId });
    await stream.answered;
    if (stream.status !== 408) return stream;
  }
}

async function liveThrough(companion: CompanionProcess, { paymentId, pages }: Group): Promise<void> {
  await change(
    companion,
    paymentId,
    pages.map(({ first }) => first),
  );
  for (const { second } of pages) await (await second).closed;
}

/**
 * Makes each change after every first connection has the previous one or is cut, so that each is cut at its offset. The
 * second connections may be at any point.
 */
async function change(
  { client }: CompanionProcess,
  paymentId: string,
  streams: readonly StreamConnection[],
): Promise<void> {
  const seen = (version: number) => Promise.all(streams.map((stream) => stream.version(version)));
  await seen(2);
  await client.sandbox(paymentId, 'process');
  await seen(3);
  await client.sandbox(paymentId, 'pay');
}

async function judge({ client }: CompanionProcess, { token, pages }: Group): Promise<void> {
  const now = (await (await client.checkout('/session', token)).json()) as { version: number };
  for (const { offset, first, second } of pages) {
    const again = await second;
    const place = `cut after ${offset} bytes: ${first.versions.join()}, then ${again.status} ${again.versions.join()}`;
    const versions = [...first.versions, ...again.versions];
    assert.deepEqual(
      versions,
      [...new Set(versions)].sort((a, b) => a - b),
      place,
    );
    assert.equal(versions.at(-1), now.version, place);
    assert.equal([...first.snapshots, ...again.snapshots].at(-1)!.status, 'paid', place);
    assert.equal(await again.closed, 'ended', place);
    assert.equal(again.status, first.versions.at(-1) === now.version ? 204 : 200, place);
  }
}

function howMany(groups: readonly Group[]): string {
  const counts = new Map<string, number>();
  for (const { first } of groups.flatMap(({ pages }) => pages)) {
    const had = first.versions.length === 0 ? 'no event' : `version ${first.versions.at(-1)}`;
    counts.set(had, (counts.get(had) ?? 0) + 1);
  }
  return [...counts].map(([had, times]) => `${times} after ${had}`).join(', ');
}
