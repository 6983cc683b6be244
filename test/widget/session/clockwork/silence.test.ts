import { expect } from '@open-wc/testing';
import { isOpen } from '../../../../src/protocol/status.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import type { Connection } from '../../../../src/widget/session/types.ts';
import { FakeStream, FakeEnvironment } from '../../../support/fake-environment.ts';
import { END, snapshot, sse } from '../../../support/snapshots.ts';

const MINUTE = 60_000;
/** The longest time from the start of a silence to the first request about it, and to polling. */
const NOTICED_MS = 45_000;

type Open = (stream: FakeStream, environment: FakeEnvironment) => void;

/** A companion behind a proxy that treats each stream as `open` defines. `state.now` is the companion's snapshot. */
function behind(open: Open) {
  const state = { now: snapshot() };
  const streams: FakeStream[] = [];
  const seen = { versions: [] as number[], paidAt: 0, refusals: [] as string[] };
  const connections: { at: number; connection: Connection }[] = [];
  const environment = new FakeEnvironment((request, signal) => {
    if (request.path !== '/events') return Response.json(state.now);
    const hasAll = Number(request.headers.get('last-event-id')) >= state.now.version;
    if (hasAll && !isOpen(state.now.status)) return new Response(null, { status: 204 });
    const stream = new FakeStream(signal);
    streams.push(stream);
    open(stream, environment);
    return stream.response;
  });
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', environment),
    {
      snapshot: ({ version, status }) => {
        seen.versions.push(version);
        if (status === 'paid') seen.paidAt = environment.now();
      },
      connection: (connection) => connections.push({ at: environment.now(), connection }),
      refused: (refusal) => seen.refusals.push(refusal),
      companionNotFound: () => undefined,
    },
    environment,
  );
  session.start();
  const connection = () => connections.at(-1)?.connection ?? 'connecting';
  const pay = () => (state.now = snapshot({ version: state.now.version + 1, status: 'paid' }));
  return { environment, session, state, streams, seen, connections, connection, pay };
}

const HOLDS: Record<string, Open> = {
  'the whole body': () => undefined,
  'all but the first bytes': (stream) => stream.write('retry: 2000\n\n'),
  'all but the first event': (stream) => stream.write(sse(snapshot())),
  'all but heartbeats': (stream, environment) => {
    stream.write(': open\n\n');
    stream.beat(environment);
  },
  'all but one late heartbeat': (stream, environment) => {
    stream.write(': open\n\n');
    stream.beat(environment, 1);
  },
};

describe('a proxy that holds back', () => {
  for (const [what, open] of Object.entries(HOLDS)) {
    describe(what, () => {
      for (const secs of [1, 7, 20, 31, 44, 59, 100, 333, 1_000]) {
        it(`delays "paid" by less than ${NOTICED_MS / 1_000} s, paid after ${secs} s`, async () => {
          const { environment, seen, pay } = behind(open);
          await environment.advance(secs * 1_000);
          pay();
          const paidAt = environment.now();
          await environment.advance(5 * MINUTE);
          expect(seen.paidAt, 'the page has turned').to.be.greaterThan(0);
          expect(seen.paidAt - paidAt).to.be.below(NOTICED_MS);
          expect(environment.timers).to.equal(0);
        });
      }

      it('costs a question in 2 s at most, and streams ever more rarely', async () => {
        const { environment, streams } = behind(open);
        await environment.advance(30 * MINUTE);
        expect(environment.since(0, '').length).to.be.below(15 * 60);
        const opened = environment.since(0, '/events').map(({ at }) => at);
        const gaps = opened.slice(1).map((at, index) => at - opened[index]!);
        expect(opened.length, 'it is tried again').to.be.within(1, 30);
        if (streams.length < 5) return;
        expect(Math.max(...gaps.slice(0, 2))).to.be.below(Math.min(...gaps.slice(-3)));
      });
    });
  }

  it('is found out after two missed heartbeats: the page asks, and polls', async () => {
    const { environment, streams, connection, connections } = behind(HOLDS['all but the first bytes']!);
    await environment.advance(30_000);
    expect(connection(), 'one missed heartbeat is borne').to.equal('live');
    expect(environment.since(2_000).length).to.equal(0);
    await environment.advance(NOTICED_MS - 30_000);
    expect(connection()).to.equal('polling');
    expect(environment.since(30_000, '').length).to.be.greaterThan(1);
    await environment.advance(10 * MINUTE);
    expect(streams.length).to.be.greaterThan(2);
    const since = connections.filter(({ at }) => at > NOTICED_MS + 1_000);
    expect(since, 'first bytes alone make no stream live a second time').to.deep.equal([]);
  });

  it('is not called live before a byte has come', async () => {
    const { environment, streams, connections } = behind(HOLDS['the whole body']!);
    await environment.advance(7_000);
    expect(connections).to.deep.equal([]);
    expect(streams.length).to.equal(1);
    await environment.advance(5_000);
    expect(connections.map(({ connection }) => connection)).to.deep.equal(['polling']);
    streams[0]!.write(': late\n\n');
    await environment.advance(100);
    expect(connections.map(({ connection }) => connection)).to.deep.equal(['polling', 'live']);
  });

  it('is polled round while it holds news back, though heartbeats come', async () => {
    const { environment, state, streams, seen, connection } = behind(HOLDS['all but heartbeats']!);
    await environment.advance(20_000);
    state.now = snapshot({ version: 2, status: 'processing' });
    await environment.advance(NOTICED_MS);
    expect(seen.versions.at(-1)).to.equal(2);
    await environment.advance(5_000);
    expect(connection()).to.equal('polling');
    await environment.advance(5 * MINUTE);
    expect(connection(), 'heartbeats prove nothing any more').to.equal('polling');
    streams.at(-1)!.write(sse(snapshot({ version: 3, status: 'processing' })));
    await environment.advance(100);
    expect(connection(), 'but news do').to.equal('live');
  });

  it('does not take a stream for a liar that brings the news a moment after a question has', async () => {
    const { environment, state, streams, session, connection } = behind(HOLDS['all but heartbeats']!);
    await environment.advance(5_000);
    for (let version = 2; version < 8; version++) {
      state.now = snapshot({ version });
      void session.check();
      await environment.advance(3_000);
      streams[0]!.write(sse(state.now));
      await environment.advance(50_000);
    }
    expect(streams.length).to.equal(1);
    expect(connection()).to.equal('live');
  });

  it('is trusted again once bytes come late', async () => {
    const { environment, streams, connection } = behind((stream) => stream.write(': open\n\n'));
    await environment.advance(NOTICED_MS);
    expect(connection()).to.equal('polling');
    while (streams.length < 2) await environment.advance(1_000);
    await environment.advance(9_000);
    expect(connection()).to.equal('polling');
    await environment.advance(6_000);
    streams[1]!.beat(environment);
    streams[1]!.write(': beat\n\n');
    await environment.advance(100);
    expect(connection()).to.equal('live');
    const polled = environment.now();
    await environment.advance(MINUTE);
    expect(environment.since(polled, '').length, 'polling is over').to.be.below(3);
    expect(connection()).to.equal('live');
  });

  it('gives the body in one piece at the end', async () => {
    const { environment, streams, seen, pay } = behind(HOLDS['the whole body']!);
    await environment.advance(6_000);
    pay();
    await environment.advance(1_000);
    streams[0]!.write(sse(snapshot({ version: 2, status: 'paid' })) + END);
    streams[0]!.close();
    await environment.advance(100);
    expect(seen.versions.at(-1)).to.equal(2);
    expect(environment.timers).to.equal(0);
  });

  it('is not hurried by a page that is looked at again and again', async () => {
    const { environment, session, streams } = behind(HOLDS['the whole body']!);
    for (let second = 0; second < 120; second++) {
      await environment.advance(1_000);
      session.wake(false);
    }
    expect(streams.length).to.be.below(5);
    expect(environment.since(0, '').length).to.be.below(180);
  });

  it('is met by a hidden page at its own pace', async () => {
    const { environment, session, seen, pay } = behind(HOLDS['the whole body']!);
    await environment.advance(20_000);
    session.rest();
    const rested = environment.now();
    await environment.advance(10 * MINUTE);
    expect(environment.since(rested).length).to.be.below(13);
    pay();
    await environment.advance(75_000);
    expect(seen.versions.at(-1)).to.equal(2);
  });

  it('is left alone for as long as the companion asks for', async () => {
    const { environment } = behind(HOLDS['the whole body']!);
    await environment.advance(10_000);
    const work = environment.answer;
    environment.answer = (request, signal) =>
      request.path === '/events'
        ? work(request, signal)
        : new Response(null, { status: 429, headers: { 'retry-after': '60' } });
    await environment.advance(5_000);
    const refused = environment.requests.filter(({ path }) => path === '').at(-1)!.at;
    await environment.advance(refused + 59_000 - environment.now());
    expect(environment.since(refused + 1, '').length).to.equal(0);
  });
});
