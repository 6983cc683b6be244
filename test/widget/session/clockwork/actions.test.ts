import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import type { Acted } from '../../../../src/widget/session/types.ts';
import { FakeStream, FakeWorld, type Request } from '../../../support/fake-world.ts';
import { END, snapshot, sse } from '../../../support/snapshots.ts';

const MINUTE = 60_000;

/** A companion whose POSTs are answered by `post`, and which is healthy otherwise. */
function companion(post: (request: Request, signal: AbortSignal) => Response | Promise<Response>) {
  const state = { now: snapshot() };
  const streams: FakeStream[] = [];
  const world = new FakeWorld((request, signal) => {
    if (request.method === 'POST') return post(request, signal);
    if (request.path !== '/events') return Response.json(state.now);
    const stream = new FakeStream(signal);
    stream.write(': open\n\n');
    streams.push(stream);
    return stream.response;
  });
  const seen: Snapshot[] = [];
  const refusals: string[] = [];
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', world),
    {
      snapshot: (next) => seen.push(next),
      connection: () => undefined,
      refused: (refusal) => refusals.push(refusal),
      unheard: () => undefined,
    },
    world,
  );
  session.start();
  const posts = (): Request[] => world.requests.filter(({ method }) => method === 'POST');
  return { world, state, streams, session, seen, refusals, posts };
}

function problem(status: number, fields: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, ...fields }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** Lets the fake time pass until the answer is there. */
async function answered(world: FakeWorld, acting: Promise<Acted | null>): Promise<Acted | null> {
  let answer: Acted | null | undefined;
  void acting.then((value) => (answer = value));
  for (let turn = 0; turn < 400 && answer === undefined; turn++) await world.advance(50);
  expect(answer, 'no answer').not.to.equal(undefined);
  return answer!;
}

describe('what the payer does', () => {
  it('is posted with the token in a header only, and its snapshot is taken at once', async () => {
    const { world, session, seen, posts } = companion(() =>
      Response.json(snapshot({ version: 2, method: 'sberpay' })),
    );
    await world.advance(100);
    const answer = await answered(world, session.act('/method', { method: 'sberpay' }));
    expect(answer?.kind).to.equal('done');
    expect(seen.map(({ version }) => version)).to.deep.equal([1, 2]);
    const [{ path, headers, body, init } = posts()[0]!] = posts();
    expect([path, body]).to.deep.equal(['/method', '{"method":"sberpay"}']);
    expect(headers.get('authorization')).to.equal('Bearer pay_1.secret');
    expect(headers.get('content-type')).to.equal('application/json');
    expect([init.cache, init.credentials, init.redirect]).to.deep.equal(['no-store', 'omit', 'error']);
    expect(body + path).not.to.contain('secret');
  });

  it('is sent once, however often it is tapped, and one thing at a time', async () => {
    let release = (_: Response): void => undefined;
    const { world, session, posts } = companion(() => new Promise((resolve) => (release = resolve)));
    await world.advance(100);
    const first = session.act('/buyer-qr', { payload: 'a' });
    const others = [session.act('/buyer-qr', { payload: 'a' }), session.act('/renew', {})];
    expect(await Promise.all(others)).to.deep.equal([null, null]);
    await world.advance(100);
    expect(posts().length).to.equal(1);
    release(Response.json(snapshot({ version: 2 })));
    expect((await answered(world, first))?.kind).to.equal('done');
    void session.act('/buyer-qr', { payload: 'b' });
    await world.advance(100);
    expect(posts().length, 'then the next').to.equal(2);
  });

  it('is told that it was wrong, without asking anew', async () => {
    const errors = [{ path: 'payload', message: 'must be …' }];
    const { world, session, posts } = companion(() => problem(422, { code: 'invalid_fields', errors }));
    await world.advance(2_000);
    const before = world.requests.length;
    const answer = await answered(world, session.act('/buyer-qr', { payload: '' }));
    expect(answer).to.deep.equal({ kind: 'problem', httpStatus: 422, pauseMs: 0 });
    await world.advance(10_000);
    expect(posts().length).to.equal(1);
    expect(world.requests.length).to.equal(before + 1);
  });

  it('is told how long to wait', async () => {
    const { world, session } = companion(() => problem(429, { code: 'x' }, { 'retry-after': '20' }));
    await world.advance(100);
    const answer = await answered(world, session.act('/push', { phone: '79990001122' }));
    expect(answer).to.include({ kind: 'problem', httpStatus: 429, pauseMs: 20_000 });
  });

  it('looks how things are when it was too late', async () => {
    const { world, session, state, seen } = companion(() => problem(409, { code: 'method_not_changeable' }));
    await world.advance(2_000);
    state.now = snapshot({ version: 5, status: 'processing' });
    const answer = await answered(world, session.act('/method', { method: 'sbp' }));
    expect(answer).to.include({ kind: 'problem', httpStatus: 409 });
    await world.advance(2_000);
    expect(seen.at(-1)?.version).to.equal(5);
  });

  it('ends the session on 401, as every other answer does', async () => {
    const { world, session, refusals } = companion(() => problem(401, { code: 'invalid_token' }));
    await world.advance(100);
    await answered(world, session.act('/renew', {}));
    expect(refusals).to.deep.equal(['http-401']);
    await world.advance(MINUTE);
    expect(world.timers).to.equal(0);
  });

  for (const [what, answer] of [
    ['a cut connection', () => Promise.reject(new Error('refused'))],
    ['an answer that never comes', () => new Promise<Response>(() => undefined)],
    ['a server in trouble', () => new Response('<html>', { status: 502 })],
    ['no JSON', () => new Response('<html>')],
    ['no snapshot', () => Response.json({ status: 'paid' })],
    ['null', () => Response.json(null)],
  ] as const) {
    it(`is nobody knows what after ${what}: never a failure, and the truth is asked for`, async () => {
      const { world, session, state, seen, refusals } = companion(answer);
      await world.advance(2_000);
      state.now = snapshot({ version: 3, method: 'sberpay' });
      expect(await answered(world, session.act('/method', { method: 'sberpay' }))).to.deep.equal({
        kind: 'trouble',
        pauseMs: 0,
      });
      await world.advance(2_000);
      expect(seen.at(-1)?.version, 'what the companion did all the same').to.equal(3);
      expect(refusals).to.be.empty;
    });
  }

  it('is not the end of the session where a companion knows no such thing', async () => {
    const { world, session, refusals } = companion(() => problem(404, { code: 'not_found' }));
    await world.advance(100);
    const answer = await answered(world, session.act('/renew', {}));
    expect(answer).to.include({ kind: 'problem', httpStatus: 404 });
    expect(refusals).to.be.empty;
  });

  it('reads a proxy’s refusal without a word of the companion’s', async () => {
    const { world, session } = companion(() => new Response('<html>too many</html>', { status: 429 }));
    await world.advance(100);
    const answer = await answered(world, session.act('/method', { method: 'sbp' }));
    expect(answer).to.deep.equal({ kind: 'problem', httpStatus: 429, pauseMs: 0 });
  });

  it('is given up within 15 s when nothing answers, and leaves nothing behind', async () => {
    const { world, session } = companion(() => new Promise(() => undefined));
    await world.advance(100);
    let done = false;
    void session.act('/renew', {}).then(() => (done = true));
    await world.advance(14_900);
    expect(done).to.be.false;
    await world.advance(200);
    expect(done).to.be.true;
    session.stop();
    await world.advance(MINUTE);
    expect(world.timers).to.equal(0);
  });

  it('ends with the element’s life', async () => {
    let aborted = false;
    const { world, session, seen } = companion((_request, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    await world.advance(100);
    const acting = session.act('/renew', {});
    session.stop();
    expect((await answered(world, acting))?.kind).to.equal('trouble');
    expect(aborted).to.be.true;
    expect(seen.length).to.equal(1);
    expect(world.timers).to.equal(0);
    expect(await session.act('/renew', {}), 'and nothing more is sent').to.equal(null);
  });

  for (const [when, waitMs] of [
    ['while the stream is still open', 10],
    ['while late money is looked for', 2 * MINUTE],
    ['after nobody asks any more', 40 * MINUTE],
  ] as const) {
    it(`renews ${when}, and listens again`, async () => {
      const { world, session, state, streams, seen } = companion(() => {
        state.now = snapshot({ version: 3, presentation: { kind: 'pending' } });
        return Response.json(state.now);
      });
      await world.advance(100);
      state.now = snapshot({ version: 2, status: 'expired', actions: ['renew'] });
      streams[0]!.write(sse(state.now));
      await world.advance(10);
      if (waitMs > 10) streams[0]!.write(END);
      await world.advance(waitMs);
      const before = streams.length;
      await answered(world, session.act('/renew', {}));
      await world.advance(2_000);
      expect(streams.length, 'a new stream').to.equal(before + 1);
      streams.at(-1)!.write(sse(snapshot({ version: 4, status: 'processing' })));
      await world.advance(10);
      expect(seen.at(-1)?.version).to.equal(4);
    });
  }
});
