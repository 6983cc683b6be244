import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { isOpen } from '../../../../src/protocol/status.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import type { Connection } from '../../../../src/widget/session/types.ts';
import { FakeStream, FakeWorld } from '../../../support/fake-world.ts';
import { END, snapshot, sse } from '../../../support/snapshots.ts';

interface Seen {
  readonly versions: number[];
  readonly connections: Connection[];
  readonly refusals: string[];
}

function begin(world: FakeWorld, earlier: Session | null = null): { session: Session; seen: Seen } {
  const seen: Seen = { versions: [], connections: [], refusals: [] };
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', world),
    {
      snapshot: ({ version }) => seen.versions.push(version),
      connection: (connection) => seen.connections.push(connection),
      refused: (refusal) => seen.refusals.push(refusal),
      unheard: () => undefined,
    },
    world,
    earlier,
  );
  session.start();
  return { session, seen };
}

/** A companion that works: answers with `state.now`, opens streams that beat and that the test can write to. */
function healthy(state: { now: Snapshot } = { now: snapshot() }) {
  const streams: FakeStream[] = [];
  const world = new FakeWorld((request, signal) => {
    if (request.path !== '/events') return Response.json(state.now);
    const hasAll = Number(request.headers.get('last-event-id')) >= state.now.version;
    if (hasAll && !isOpen(state.now.status)) return new Response(null, { status: 204 });
    const stream = new FakeStream(signal);
    stream.write(': open\n\n');
    stream.beat(world);
    streams.push(stream);
    return stream.response;
  });
  return { world, streams, state };
}

const MINUTE = 60_000;

describe('session', () => {
  it('asks once, then listens from the version it knows, with the token in a header only', async () => {
    const { world, streams } = healthy({ now: snapshot({ version: 7 }) });
    const { seen } = begin(world);
    await world.advance(100);
    expect(world.requests.map(({ path }) => path)).to.deep.equal(['', '/events']);
    expect(world.requests[1]!.headers.get('last-event-id')).to.equal('7');
    expect(world.requests.every(({ headers }) => headers.get('authorization') === 'Bearer pay_1.secret')).to
      .be.true;
    expect(world.requests.some(({ path }) => path.includes('secret'))).to.be.false;
    expect(seen.connections).to.deep.equal(['live']);
    streams[0]!.write(sse(snapshot({ version: 8 })));
    await world.advance(10);
    expect(seen.versions).to.deep.equal([7, 8]);
  });

  it('reads a snapshot cut at any byte', async () => {
    const { world, streams } = healthy();
    const { seen } = begin(world);
    await world.advance(100);
    const bytes = sse(snapshot({ version: 2 }));
    for (const char of bytes) streams[0]!.write(char);
    await world.advance(2_000);
    expect(seen.versions).to.deep.equal([1, 2]);
  });

  it('makes no request after "paid"', async () => {
    const { world, streams } = healthy();
    const { session, seen } = begin(world);
    await world.advance(100);
    streams[0]!.write(sse(snapshot({ version: 2, status: 'paid' })));
    await world.advance(10);
    const before = world.requests.length;
    session.wake(true);
    await world.advance(60 * MINUTE);
    expect(seen.versions).to.deep.equal([1, 2]);
    expect(world.requests.length).to.equal(before);
    expect(world.timers).to.equal(0);
  });

  for (const status of [401, 403, 404]) {
    it(`gives up at once on ${status}`, async () => {
      const headers = { 'content-type': 'application/problem+json' };
      const world = new FakeWorld(() => new Response('{}', { status, headers }));
      const { seen } = begin(world);
      await world.advance(60 * MINUTE);
      expect(world.requests.length).to.equal(1);
      expect(seen.refusals).to.deep.equal([`http-${status}`]);
      expect(world.timers).to.equal(0);
    });
  }

  it('takes a bare 403 or 404 for a proxy in trouble, not for the end', async () => {
    const { world } = healthy();
    const work = world.answer;
    world.answer = () => new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } });
    const { seen } = begin(world);
    await world.advance(10_000);
    expect(seen.refusals).to.deep.equal([]);
    world.answer = work;
    await world.advance(1 * MINUTE);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('falls back to polling within 20 s when the stream is refused, and comes back to it', async () => {
    const { world } = healthy();
    const work = world.answer;
    world.answer = (request, signal) =>
      request.path === '/events' ? new Response(null, { status: 503 }) : work(request, signal);
    const { seen } = begin(world);
    await world.advance(20_000);
    expect(seen.connections.at(-1)).to.equal('polling');
    expect(world.since(0, '').length).to.be.within(4, 9);
    world.answer = work;
    await world.advance(3 * MINUTE);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('falls back to polling within 20 s when the stream hangs', async () => {
    const { world } = healthy();
    const work = world.answer;
    world.answer = (request, signal) =>
      request.path === '/events' ? new Promise(() => undefined) : work(request, signal);
    const { seen } = begin(world);
    await world.advance(20_000);
    expect(seen.connections.at(-1)).to.equal('polling');
    expect(world.since(5_000, '').length).to.be.greaterThan(2);
  });

  it('reopens a dropped stream within 9 s, also one dropped again and again', async () => {
    const { world, streams } = healthy();
    begin(world);
    await world.advance(100);
    for (let round = 1; round < 5; round++) {
      streams.at(-1)!.close();
      await world.advance(9_000);
      expect(streams.length, `round ${round}`).to.be.greaterThan(round);
    }
  });

  it('takes a stream that closes at once for broken, not for a reason to storm', async () => {
    const { world } = healthy();
    const work = world.answer;
    world.answer = (request, signal) => {
      if (request.path !== '/events') return work(request, signal);
      const stream = new FakeStream(signal);
      stream.close();
      return stream.response;
    };
    const { seen } = begin(world);
    await world.advance(5 * MINUTE);
    expect(world.since(0, '/events').length).to.be.below(30);
    expect(seen.connections).to.include('polling');
  });

  it('keeps a stream that only sends heartbeats, and asks now and then', async () => {
    const { world, streams } = healthy();
    const { seen } = begin(world);
    await world.advance(5 * MINUTE);
    expect(streams.length).to.equal(1);
    expect(world.since(0, '').length).to.be.within(7, 9);
    expect(seen.connections).to.deep.equal(['live']);
  });

  it('knocks at a dead companion at most once in 5 s after the first minute, whatever the page does', async () => {
    const world = new FakeWorld(() => Promise.reject(new Error('refused')));
    const { session, seen } = begin(world);
    for (let second = 0; second < 600; second++) {
      await world.advance(1_000);
      session.wake(second % 3 === 0);
    }
    const times = world.since(MINUTE).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    expect(Math.min(...gaps)).to.be.at.least(4_999);
    expect(times.length, 'it never gives up').to.be.greaterThan(30);
    expect(seen.connections).to.deep.equal(['offline']);
    expect(seen.refusals).to.be.empty;
  });

  it('finds a companion that has come back', async () => {
    const { world, streams } = healthy();
    const work = world.answer;
    const { seen } = begin(world);
    await world.advance(100);
    world.answer = () => Promise.reject(new Error('refused'));
    streams[0]!.break();
    await world.advance(10_000);
    expect(seen.connections.at(-1)).to.equal('offline');
    world.answer = work;
    await world.advance(15_000);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('does not wait when the network comes back, however long it was gone', async () => {
    const { world, streams } = healthy();
    const work = world.answer;
    const { session, seen } = begin(world);
    await world.advance(100);
    session.wentOffline();
    expect(seen.connections.at(-1)).to.equal('offline');
    world.answer = () => Promise.reject(new Error('no network'));
    streams[0]!.break();
    await world.advance(10 * MINUTE);
    world.answer = work;
    session.cameOnline();
    await world.advance(1_100);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('believes the bytes that come rather than a browser that sees no network', async () => {
    const { world, streams } = healthy();
    const { session, seen } = begin(world);
    await world.advance(100);
    session.wentOffline();
    streams[0]!.write(': beat\n\n');
    await world.advance(10);
    expect(seen.connections).to.deep.equal(['live', 'offline', 'live']);
    expect(world.requests.length).to.equal(2);
  });

  it('respects Retry-After, also when the page gets the focus', async () => {
    const world = new FakeWorld(() => new Response(null, { status: 429, headers: { 'retry-after': '30' } }));
    const { session } = begin(world);
    for (let second = 0; second < 29; second++) {
      await world.advance(1_000);
      session.wake(true);
    }
    expect(world.requests.length).to.equal(1);
    await world.advance(5_000);
    expect(world.requests.length).to.equal(2);
  });

  it('hands Retry-After and the distance of questions over to the next session of the payment', async () => {
    const world = new FakeWorld(() => new Response(null, { status: 429, headers: { 'retry-after': '300' } }));
    let { session } = begin(world);
    for (let move = 0; move < 10; move++) {
      await world.advance(2_000);
      session.stop();
      ({ session } = begin(world, session));
    }
    expect(world.requests.length).to.equal(1);
    await world.advance(300_000);
    expect(world.requests.length).to.equal(2);
    const { world: other } = healthy();
    ({ session } = begin(other));
    for (let move = 0; move < 40; move++) {
      await other.advance(20);
      session.stop();
      ({ session } = begin(other, session));
    }
    await other.advance(1_100);
    expect(other.since(0, '').length).to.be.within(1, 2);
    expect(other.since(0, '/events').length).to.be.within(1, 3);
  });

  it('keeps its distance from a companion that is not there while the network comes and goes', async () => {
    const world = new FakeWorld(() => Promise.reject(new Error('no network')));
    const { session } = begin(world);
    for (let second = 0; second < 120; second++) {
      session.wentOffline();
      await world.advance(500);
      session.cameOnline();
      await world.advance(500);
    }
    expect(world.requests.length).to.be.below(60);
  });

  it('takes garbled answers for trouble, never for a result', async () => {
    const answers = ['<html>', '{}', 'null', '{"status":"failed"}'];
    const world = new FakeWorld(() => new Response(answers.shift() ?? '[]'));
    const { seen } = begin(world);
    await world.advance(30_000);
    expect(seen.versions).to.be.empty;
    expect(seen.refusals).to.be.empty;
    expect(seen.connections).to.deep.equal(['offline']);
  });

  it('fetches the snapshot whole when the stream garbles it', async () => {
    const { world, streams, state } = healthy();
    const { seen } = begin(world);
    await world.advance(2_000);
    state.now = snapshot({ version: 2, status: 'paid' });
    streams[0]!.write('event: snapshot\nid: 2\ndata: {"version":2,"sta\n\n');
    await world.advance(10);
    expect(seen.versions).to.deep.equal([1, 2]);
  });

  it('asks no faster for a stream that garbles everything, and gives it up', async () => {
    const { world, streams } = healthy();
    begin(world);
    await world.advance(2_000);
    const before = world.now();
    for (let part = 0; part < 600; part++) {
      try {
        streams.at(-1)!.write('event: snapshot\ndata: {"sta\n\n');
      } catch {
        // Given up already.
      }
      await world.advance(10);
    }
    expect(world.since(before, '').length).to.be.within(1, 6);
    expect(world.since(before, '/events').length).to.equal(0);
  });

  it('keeps a stream that garbles now and then', async () => {
    const { world, streams } = healthy();
    begin(world);
    await world.advance(2_000);
    for (let version = 2; version < 20; version++) {
      streams[0]!.write('event: snapshot\ndata: {\n\n' + sse(snapshot({ version })));
      await world.advance(2_000);
    }
    expect(streams.length).to.equal(1);
  });

  it('shows no snapshot of another payment, however it comes', async () => {
    const { world, streams, state } = healthy();
    const { session, seen } = begin(world);
    await world.advance(2_000);
    const foreign = snapshot({ version: 9, payment_id: 'pay_2', status: 'paid' });
    streams[0]!.write(sse(foreign));
    await world.advance(2_000);
    state.now = foreign;
    const checked = session.check();
    await world.advance(2_000);
    expect(await checked).to.be.false;
    expect(seen.versions).to.deep.equal([1, 1]);
  });

  it('is checked at once, but never twice in a second', async () => {
    const { world } = healthy();
    const { session } = begin(world);
    await world.advance(5_000);
    const before = world.now();
    const checks: Promise<boolean>[] = [];
    for (let tap = 0; tap < 30; tap++) {
      checks.push(session.check());
      await world.advance(100);
    }
    await world.advance(1_000);
    const times = world.since(before).map(({ at }) => at);
    expect(times[0]).to.equal(before);
    expect(times.length).to.be.within(3, 4);
    expect(await Promise.all(checks)).not.to.include(false);
  });

  it('is not checked before the companion wants to be asked', async () => {
    const { world } = healthy();
    const { session } = begin(world);
    await world.advance(5_000);
    world.answer = () => new Response(null, { status: 429, headers: { 'retry-after': '60' } });
    const before = world.now();
    for (let tap = 0; tap < 30; tap++) {
      const checked = session.check();
      await world.advance(100);
      expect(await checked).to.be.false;
    }
    expect(world.since(before, '').length).to.equal(1);
  });

  it('lets slow answers come, also while it is urged at the end of the time', async () => {
    const { world, state } = healthy();
    const { session, seen } = begin(world);
    let onTheWay = 0;
    let cut = 0;
    world.answer = async ({ path }, signal) => {
      if (path === '/events') return new Response(null, { status: 503 });
      onTheWay++;
      await new Promise<void>((resolve) => void world.after(2_500, resolve));
      onTheWay--;
      if (signal.aborted) cut++;
      return Response.json(state.now);
    };
    await world.advance(20_000);
    state.now = snapshot({ version: 2, status: 'expired' });
    while (onTheWay === 0) await world.advance(100);
    for (let second = 0; second < 3; second++) {
      session.wake(false);
      await world.advance(1_000);
    }
    expect(seen.versions.at(-1)).to.equal(2);
    await world.advance(3_000);
    expect(cut).to.equal(0);
  });

  it('drops a stream that sends without end', async () => {
    const { world, streams } = healthy();
    begin(world);
    await world.advance(100);
    for (let part = 0; part < 40; part++) streams[0]!.write('data: ' + 'x'.repeat(10_000));
    await world.advance(9_000);
    expect(streams.length).to.equal(2);
  });

  it('looks for late money after an expiry, ever more rarely, and unseen not for ever', async () => {
    const { world, streams, state } = healthy();
    const { session, seen } = begin(world);
    await world.advance(100);
    state.now = snapshot({ version: 2, status: 'expired' });
    streams[0]!.write(sse(state.now) + END);
    await world.advance(10);
    const ended = world.now();
    await world.advance(30 * MINUTE);
    expect(world.since(ended).length).to.be.within(15, 60);
    expect(world.since(ended, '/events').length).to.equal(0);
    expect(world.since(ended + 20 * MINUTE).length, 'the payer still looks, and was told to').to.be.within(
      8,
      13,
    );
    session.rest();
    await world.advance(10);
    const left = world.now();
    await world.advance(30 * MINUTE);
    expect(world.since(left).length).to.be.below(2);
    session.wake(true);
    await world.advance(MINUTE);
    expect(world.since(left + 30 * MINUTE, '').length, 'seen again').to.be.within(1, 7);
    expect(seen.versions.at(-1)).to.equal(2);
  });

  it('finds late money within the grace', async () => {
    const { world, streams, state } = healthy();
    const { seen } = begin(world);
    await world.advance(100);
    streams[0]!.write(sse(snapshot({ version: 2, status: 'canceled' })) + END);
    await world.advance(MINUTE);
    state.now = snapshot({ version: 3, status: 'paid', late: true });
    await world.advance(MINUTE);
    expect(seen.versions.at(-1)).to.equal(3);
    expect(world.timers).to.equal(0);
  });

  it('believes 204 only about a payment that is over', async () => {
    const { world, state } = healthy();
    const work = world.answer;
    world.answer = (request, signal) =>
      request.path === '/events' ? new Response(null, { status: 204 }) : work(request, signal);
    const { seen } = begin(world);
    await world.advance(20_000);
    state.now = snapshot({ version: 2, status: 'paid' });
    await world.advance(5_000);
    expect(seen.versions.at(-1)).to.equal(2);
  });

  it('asks at once and opens another stream when the page was away', async () => {
    const { world, streams, state } = healthy();
    const { session, seen } = begin(world);
    await world.advance(5_000);
    state.now = snapshot({ version: 2, status: 'processing' });
    for (let sign = 0; sign < 5; sign++) session.wake(true);
    await world.advance(200);
    expect(seen.versions.at(-1)).to.equal(2);
    expect(streams.length).to.equal(2);
    expect(world.requests.length).to.equal(4);
  });

  it('gives the stream up while nobody looks, asks now and then, and is live again at once', async () => {
    const { world, streams, state } = healthy();
    const { session, seen } = begin(world);
    await world.advance(5_000);
    session.rest();
    await world.advance(10);
    const rested = world.now();
    await world.advance(30 * MINUTE);
    expect(streams.length, 'no stream').to.equal(1);
    expect(world.since(rested).length).to.be.within(25, 38);
    state.now = snapshot({ version: 2, status: 'processing' });
    await world.advance(75_000);
    expect(seen.versions.at(-1), 'the tab may have to say so').to.equal(2);
    session.wake(true);
    await world.advance(200);
    expect(streams.length).to.equal(2);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('only asks when the window gets the focus', async () => {
    const { world, streams } = healthy();
    const { session } = begin(world);
    await world.advance(5_000);
    for (let sign = 0; sign < 5; sign++) session.wake(false);
    await world.advance(3_000);
    expect(streams.length).to.equal(1);
    expect(world.requests.length).to.equal(3);
  });

  it('leaves no request and no timer when it is stopped, wherever it is', async () => {
    for (const ms of [0, 50, 1_000, 12_000]) {
      for (const answer of ['live', 'hang', 'dead'] as const) {
        const { world } = healthy();
        if (answer === 'hang') world.answer = () => new Promise(() => undefined);
        if (answer === 'dead') world.answer = () => new Response(null, { status: 500 });
        const { session, seen } = begin(world);
        await world.advance(ms);
        const requests = world.requests.length;
        const said = JSON.stringify(seen);
        session.stop();
        session.wake(true);
        await world.advance(MINUTE);
        expect(world.timers, `${answer} after ${ms} ms`).to.equal(0);
        expect(world.requests.length).to.equal(requests);
        expect(JSON.stringify(seen)).to.equal(said);
      }
    }
  });
});
