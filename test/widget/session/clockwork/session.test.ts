import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { isOpen } from '../../../../src/protocol/status.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import type { Connection } from '../../../../src/widget/session/types.ts';
import { FakeStream, FakeEnvironment } from '../../../support/fake-environment.ts';
import { END, snapshot, sse } from '../../../support/snapshots.ts';

interface Seen {
  readonly versions: number[];
  readonly connections: Connection[];
  readonly refusals: string[];
}

function begin(
  environment: FakeEnvironment,
  earlier: Session | null = null,
): { session: Session; seen: Seen } {
  const seen: Seen = { versions: [], connections: [], refusals: [] };
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', environment),
    {
      snapshot: ({ version }) => seen.versions.push(version),
      connection: (connection) => seen.connections.push(connection),
      refused: (refusal) => seen.refusals.push(refusal),
      companionNotFound: () => undefined,
    },
    environment,
    earlier,
  );
  session.start();
  return { session, seen };
}

/** A working companion. It returns `state.now`, and opens streams with heartbeats, to which the test can write. */
function healthy(state: { now: Snapshot } = { now: snapshot() }) {
  const streams: FakeStream[] = [];
  const environment = new FakeEnvironment((request, signal) => {
    if (request.path !== '/events') return Response.json(state.now);
    const hasAll = Number(request.headers.get('last-event-id')) >= state.now.version;
    if (hasAll && !isOpen(state.now.status)) return new Response(null, { status: 204 });
    const stream = new FakeStream(signal);
    stream.write(': open\n\n');
    stream.beat(environment);
    streams.push(stream);
    return stream.response;
  });
  return { environment, streams, state };
}

const MINUTE = 60_000;

describe('session', () => {
  it('asks once, then listens from the version it knows, with the token in a header only', async () => {
    const { environment, streams } = healthy({ now: snapshot({ version: 7 }) });
    const { seen } = begin(environment);
    await environment.advance(100);
    expect(environment.requests.map(({ path }) => path)).to.deep.equal(['', '/events']);
    expect(environment.requests[1]!.headers.get('last-event-id')).to.equal('7');
    expect(
      environment.requests.every(({ headers }) => headers.get('authorization') === 'Bearer pay_1.secret'),
    ).to.be.true;
    expect(environment.requests.some(({ path }) => path.includes('secret'))).to.be.false;
    expect(seen.connections).to.deep.equal(['live']);
    streams[0]!.write(sse(snapshot({ version: 8 })));
    await environment.advance(10);
    expect(seen.versions).to.deep.equal([7, 8]);
  });

  it('reads a snapshot cut at any byte', async () => {
    const { environment, streams } = healthy();
    const { seen } = begin(environment);
    await environment.advance(100);
    const bytes = sse(snapshot({ version: 2 }));
    for (const char of bytes) streams[0]!.write(char);
    await environment.advance(2_000);
    expect(seen.versions).to.deep.equal([1, 2]);
  });

  it('makes no request after "paid"', async () => {
    const { environment, streams } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(100);
    streams[0]!.write(sse(snapshot({ version: 2, status: 'paid' })));
    await environment.advance(10);
    const before = environment.requests.length;
    session.wake(true);
    await environment.advance(60 * MINUTE);
    expect(seen.versions).to.deep.equal([1, 2]);
    expect(environment.requests.length).to.equal(before);
    expect(environment.timers).to.equal(0);
  });

  for (const status of [401, 403, 404]) {
    it(`gives up at once on ${status}`, async () => {
      const headers = { 'content-type': 'application/problem+json' };
      const environment = new FakeEnvironment(() => new Response('{}', { status, headers }));
      const { seen } = begin(environment);
      await environment.advance(60 * MINUTE);
      expect(environment.requests.length).to.equal(1);
      expect(seen.refusals).to.deep.equal([`http-${status}`]);
      expect(environment.timers).to.equal(0);
    });
  }

  it('takes a bare 403 or 404 for a proxy in trouble, not for the end', async () => {
    const { environment } = healthy();
    const work = environment.answer;
    environment.answer = () =>
      new Response('<html>', { status: 404, headers: { 'content-type': 'text/html' } });
    const { seen } = begin(environment);
    await environment.advance(10_000);
    expect(seen.refusals).to.deep.equal([]);
    environment.answer = work;
    await environment.advance(1 * MINUTE);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('falls back to polling within 20 s when the stream is refused, and comes back to it', async () => {
    const { environment } = healthy();
    const work = environment.answer;
    environment.answer = (request, signal) =>
      request.path === '/events' ? new Response(null, { status: 503 }) : work(request, signal);
    const { seen } = begin(environment);
    await environment.advance(20_000);
    expect(seen.connections.at(-1)).to.equal('polling');
    expect(environment.since(0, '').length).to.be.within(4, 9);
    environment.answer = work;
    await environment.advance(3 * MINUTE);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('falls back to polling within 20 s when the stream hangs', async () => {
    const { environment } = healthy();
    const work = environment.answer;
    environment.answer = (request, signal) =>
      request.path === '/events' ? new Promise(() => undefined) : work(request, signal);
    const { seen } = begin(environment);
    await environment.advance(20_000);
    expect(seen.connections.at(-1)).to.equal('polling');
    expect(environment.since(5_000, '').length).to.be.greaterThan(2);
  });

  it('reopens a dropped stream within 9 s, also one dropped again and again', async () => {
    const { environment, streams } = healthy();
    begin(environment);
    await environment.advance(100);
    for (let round = 1; round < 5; round++) {
      streams.at(-1)!.close();
      await environment.advance(9_000);
      expect(streams.length, `round ${round}`).to.be.greaterThan(round);
    }
  });

  it('takes a stream that closes at once for broken, not for a reason to storm', async () => {
    const { environment } = healthy();
    const work = environment.answer;
    environment.answer = (request, signal) => {
      if (request.path !== '/events') return work(request, signal);
      const stream = new FakeStream(signal);
      stream.close();
      return stream.response;
    };
    const { seen } = begin(environment);
    await environment.advance(5 * MINUTE);
    expect(environment.since(0, '/events').length).to.be.below(30);
    expect(seen.connections).to.include('polling');
  });

  it('keeps a stream that only sends heartbeats, and asks now and then', async () => {
    const { environment, streams } = healthy();
    const { seen } = begin(environment);
    await environment.advance(5 * MINUTE);
    expect(streams.length).to.equal(1);
    expect(environment.since(0, '').length).to.be.within(7, 9);
    expect(seen.connections).to.deep.equal(['live']);
  });

  it('knocks at a dead companion at most once in 5 s after the first minute, whatever the page does', async () => {
    const environment = new FakeEnvironment(() => Promise.reject(new Error('refused')));
    const { session, seen } = begin(environment);
    for (let second = 0; second < 600; second++) {
      await environment.advance(1_000);
      session.wake(second % 3 === 0);
    }
    const times = environment.since(MINUTE).map(({ at }) => at);
    const gaps = times.slice(1).map((at, index) => at - times[index]!);
    expect(Math.min(...gaps)).to.be.at.least(4_999);
    expect(times.length, 'it never gives up').to.be.greaterThan(30);
    expect(seen.connections).to.deep.equal(['offline']);
    expect(seen.refusals).to.be.empty;
  });

  it('finds a companion that has come back', async () => {
    const { environment, streams } = healthy();
    const work = environment.answer;
    const { seen } = begin(environment);
    await environment.advance(100);
    environment.answer = () => Promise.reject(new Error('refused'));
    streams[0]!.break();
    await environment.advance(10_000);
    expect(seen.connections.at(-1)).to.equal('offline');
    environment.answer = work;
    await environment.advance(15_000);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('does not wait when the network comes back, however long it was gone', async () => {
    const { environment, streams } = healthy();
    const work = environment.answer;
    const { session, seen } = begin(environment);
    await environment.advance(100);
    session.wentOffline();
    expect(seen.connections.at(-1)).to.equal('offline');
    environment.answer = () => Promise.reject(new Error('no network'));
    streams[0]!.break();
    await environment.advance(10 * MINUTE);
    environment.answer = work;
    session.cameOnline();
    await environment.advance(1_100);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('believes the bytes that come rather than a browser that sees no network', async () => {
    const { environment, streams } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(100);
    session.wentOffline();
    streams[0]!.write(': beat\n\n');
    await environment.advance(10);
    expect(seen.connections).to.deep.equal(['live', 'offline', 'live']);
    expect(environment.requests.length).to.equal(2);
  });

  it('respects Retry-After, also when the page gets the focus', async () => {
    const environment = new FakeEnvironment(
      () => new Response(null, { status: 429, headers: { 'retry-after': '30' } }),
    );
    const { session } = begin(environment);
    for (let second = 0; second < 29; second++) {
      await environment.advance(1_000);
      session.wake(true);
    }
    expect(environment.requests.length).to.equal(1);
    await environment.advance(5_000);
    expect(environment.requests.length).to.equal(2);
  });

  it('hands Retry-After and the distance of questions over to the next session of the payment', async () => {
    const environment = new FakeEnvironment(
      () => new Response(null, { status: 429, headers: { 'retry-after': '300' } }),
    );
    let { session } = begin(environment);
    for (let move = 0; move < 10; move++) {
      await environment.advance(2_000);
      session.stop();
      ({ session } = begin(environment, session));
    }
    expect(environment.requests.length).to.equal(1);
    await environment.advance(300_000);
    expect(environment.requests.length).to.equal(2);
    const { environment: other } = healthy();
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
    const environment = new FakeEnvironment(() => Promise.reject(new Error('no network')));
    const { session } = begin(environment);
    for (let second = 0; second < 120; second++) {
      session.wentOffline();
      await environment.advance(500);
      session.cameOnline();
      await environment.advance(500);
    }
    expect(environment.requests.length).to.be.below(60);
  });

  it('takes garbled answers for trouble, never for a result', async () => {
    const answers = ['<html>', '{}', 'null', '{"status":"failed"}'];
    const environment = new FakeEnvironment(() => new Response(answers.shift() ?? '[]'));
    const { seen } = begin(environment);
    await environment.advance(30_000);
    expect(seen.versions).to.be.empty;
    expect(seen.refusals).to.be.empty;
    expect(seen.connections).to.deep.equal(['offline']);
  });

  it('fetches the snapshot whole when the stream garbles it', async () => {
    const { environment, streams, state } = healthy();
    const { seen } = begin(environment);
    await environment.advance(2_000);
    state.now = snapshot({ version: 2, status: 'paid' });
    streams[0]!.write('event: snapshot\nid: 2\ndata: {"version":2,"sta\n\n');
    await environment.advance(10);
    expect(seen.versions).to.deep.equal([1, 2]);
  });

  it('asks no faster for a stream that garbles everything, and gives it up', async () => {
    const { environment, streams } = healthy();
    begin(environment);
    await environment.advance(2_000);
    const before = environment.now();
    for (let part = 0; part < 600; part++) {
      try {
        streams.at(-1)!.write('event: snapshot\ndata: {"sta\n\n');
      } catch {
        // The session has closed the stream already.
      }
      await environment.advance(10);
    }
    expect(environment.since(before, '').length).to.be.within(1, 6);
    expect(environment.since(before, '/events').length).to.equal(0);
  });

  it('keeps a stream that garbles now and then', async () => {
    const { environment, streams } = healthy();
    begin(environment);
    await environment.advance(2_000);
    for (let version = 2; version < 20; version++) {
      streams[0]!.write('event: snapshot\ndata: {\n\n' + sse(snapshot({ version })));
      await environment.advance(2_000);
    }
    expect(streams.length).to.equal(1);
  });

  it('shows no snapshot of another payment, however it comes', async () => {
    const { environment, streams, state } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(2_000);
    const foreign = snapshot({ version: 9, payment_id: 'pay_2', status: 'paid' });
    streams[0]!.write(sse(foreign));
    await environment.advance(2_000);
    state.now = foreign;
    const checked = session.check();
    await environment.advance(2_000);
    expect(await checked).to.be.false;
    expect(seen.versions).to.deep.equal([1, 1]);
  });

  it('is checked at once, but never twice in a second', async () => {
    const { environment } = healthy();
    const { session } = begin(environment);
    await environment.advance(5_000);
    const before = environment.now();
    const checks: Promise<boolean>[] = [];
    for (let tap = 0; tap < 30; tap++) {
      checks.push(session.check());
      await environment.advance(100);
    }
    await environment.advance(1_000);
    const times = environment.since(before).map(({ at }) => at);
    expect(times[0]).to.equal(before);
    expect(times.length).to.be.within(3, 4);
    expect(await Promise.all(checks)).not.to.include(false);
  });

  it('is not checked before the companion wants to be asked', async () => {
    const { environment } = healthy();
    const { session } = begin(environment);
    await environment.advance(5_000);
    environment.answer = () => new Response(null, { status: 429, headers: { 'retry-after': '60' } });
    const before = environment.now();
    for (let tap = 0; tap < 30; tap++) {
      const checked = session.check();
      await environment.advance(100);
      expect(await checked).to.be.false;
    }
    expect(environment.since(before, '').length).to.equal(1);
  });

  it('lets slow answers come, also while it is urged at the end of the time', async () => {
    const { environment, state } = healthy();
    const { session, seen } = begin(environment);
    let onTheWay = 0;
    let cut = 0;
    environment.answer = async ({ path }, signal) => {
      if (path === '/events') return new Response(null, { status: 503 });
      onTheWay++;
      await new Promise<void>((resolve) => void environment.after(2_500, resolve));
      onTheWay--;
      if (signal.aborted) cut++;
      return Response.json(state.now);
    };
    await environment.advance(20_000);
    state.now = snapshot({ version: 2, status: 'expired' });
    while (onTheWay === 0) await environment.advance(100);
    for (let second = 0; second < 3; second++) {
      session.wake(false);
      await environment.advance(1_000);
    }
    expect(seen.versions.at(-1)).to.equal(2);
    await environment.advance(3_000);
    expect(cut).to.equal(0);
  });

  it('drops a stream that sends without end', async () => {
    const { environment, streams } = healthy();
    begin(environment);
    await environment.advance(100);
    for (let part = 0; part < 40; part++) streams[0]!.write('data: ' + 'x'.repeat(10_000));
    await environment.advance(9_000);
    expect(streams.length).to.equal(2);
  });

  it('looks for late money after an expiry, ever more rarely, and unseen not for ever', async () => {
    const { environment, streams, state } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(100);
    state.now = snapshot({ version: 2, status: 'expired' });
    streams[0]!.write(sse(state.now) + END);
    await environment.advance(10);
    const ended = environment.now();
    await environment.advance(30 * MINUTE);
    expect(environment.since(ended).length).to.be.within(15, 60);
    expect(environment.since(ended, '/events').length).to.equal(0);
    expect(
      environment.since(ended + 20 * MINUTE).length,
      'the payer still looks, and was told to',
    ).to.be.within(8, 13);
    session.rest();
    await environment.advance(10);
    const left = environment.now();
    await environment.advance(30 * MINUTE);
    expect(environment.since(left).length).to.be.below(2);
    session.wake(true);
    await environment.advance(MINUTE);
    expect(environment.since(left + 30 * MINUTE, '').length, 'seen again').to.be.within(1, 7);
    expect(seen.versions.at(-1)).to.equal(2);
  });

  it('finds late money within the grace', async () => {
    const { environment, streams, state } = healthy();
    const { seen } = begin(environment);
    await environment.advance(100);
    streams[0]!.write(sse(snapshot({ version: 2, status: 'canceled' })) + END);
    await environment.advance(MINUTE);
    state.now = snapshot({ version: 3, status: 'paid', late: true });
    await environment.advance(MINUTE);
    expect(seen.versions.at(-1)).to.equal(3);
    expect(environment.timers).to.equal(0);
  });

  it('believes 204 only about a payment that is over', async () => {
    const { environment, state } = healthy();
    const work = environment.answer;
    environment.answer = (request, signal) =>
      request.path === '/events' ? new Response(null, { status: 204 }) : work(request, signal);
    const { seen } = begin(environment);
    await environment.advance(20_000);
    state.now = snapshot({ version: 2, status: 'paid' });
    await environment.advance(5_000);
    expect(seen.versions.at(-1)).to.equal(2);
  });

  it('asks at once and opens another stream when the page was away', async () => {
    const { environment, streams, state } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(5_000);
    state.now = snapshot({ version: 2, status: 'processing' });
    for (let sign = 0; sign < 5; sign++) session.wake(true);
    await environment.advance(200);
    expect(seen.versions.at(-1)).to.equal(2);
    expect(streams.length).to.equal(2);
    expect(environment.requests.length).to.equal(4);
  });

  it('gives the stream up while nobody looks, asks now and then, and is live again at once', async () => {
    const { environment, streams, state } = healthy();
    const { session, seen } = begin(environment);
    await environment.advance(5_000);
    session.rest();
    await environment.advance(10);
    const rested = environment.now();
    await environment.advance(30 * MINUTE);
    expect(streams.length, 'no stream').to.equal(1);
    expect(environment.since(rested).length).to.be.within(25, 38);
    state.now = snapshot({ version: 2, status: 'processing' });
    await environment.advance(75_000);
    expect(seen.versions.at(-1), 'the tab may have to say so').to.equal(2);
    session.wake(true);
    await environment.advance(200);
    expect(streams.length).to.equal(2);
    expect(seen.connections.at(-1)).to.equal('live');
  });

  it('only asks when the window gets the focus', async () => {
    const { environment, streams } = healthy();
    const { session } = begin(environment);
    await environment.advance(5_000);
    for (let sign = 0; sign < 5; sign++) session.wake(false);
    await environment.advance(3_000);
    expect(streams.length).to.equal(1);
    expect(environment.requests.length).to.equal(3);
  });

  it('leaves no request and no timer when it is stopped, wherever it is', async () => {
    for (const ms of [0, 50, 1_000, 12_000]) {
      for (const answer of ['live', 'hang', 'dead'] as const) {
        const { environment } = healthy();
        if (answer === 'hang') environment.answer = () => new Promise(() => undefined);
        if (answer === 'dead') environment.answer = () => new Response(null, { status: 500 });
        const { session, seen } = begin(environment);
        await environment.advance(ms);
        const requests = environment.requests.length;
        const said = JSON.stringify(seen);
        session.stop();
        session.wake(true);
        await environment.advance(MINUTE);
        expect(environment.timers, `${answer} after ${ms} ms`).to.equal(0);
        expect(environment.requests.length).to.equal(requests);
        expect(JSON.stringify(seen)).to.equal(said);
      }
    }
  });
});
