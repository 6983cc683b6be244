import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import type { ActionResult } from '../../../../src/widget/session/types.ts';
import { FakeStream, FakeEnvironment, type Request } from '../../../support/fake-environment.ts';
import { END, snapshot, sse } from '../../../support/snapshots.ts';

const MINUTE = 60_000;

/** A healthy companion, whose responses to POSTs come from `post`. */
function companion(post: (request: Request, signal: AbortSignal) => Response | Promise<Response>) {
  const state = { now: snapshot() };
  const streams: FakeStream[] = [];
  const environment = new FakeEnvironment((request, signal) => {
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
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', environment),
    {
      snapshot: (next) => seen.push(next),
      connection: () => undefined,
      refused: (refusal) => refusals.push(refusal),
      companionNotFound: () => undefined,
    },
    environment,
  );
  session.start();
  const posts = (): Request[] => environment.requests.filter(({ method }) => method === 'POST');
  return { environment, state, streams, session, seen, refusals, posts };
}

function problem(status: number, fields: object, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify({ status, ...fields }), {
    status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** Advances the fake time until the action has its result. */
async function answered(
  environment: FakeEnvironment,
  acting: Promise<ActionResult | null>,
): Promise<ActionResult | null> {
  let answer: ActionResult | null | undefined;
  void acting.then((value) => (answer = value));
  for (let turn = 0; turn < 400 && answer === undefined; turn++) await environment.advance(50);
  expect(answer, 'no answer').not.to.equal(undefined);
  return answer!;
}

describe('what the payer does', () => {
  it('is posted with the token in a header only, and its snapshot is taken at once', async () => {
    const { environment, session, seen, posts } = companion(() =>
      Response.json(snapshot({ version: 2, method: 'sberpay' })),
    );
    await environment.advance(100);
    const answer = await answered(environment, session.sendAction('/method', { method: 'sberpay' }));
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
    const { environment, session, posts } = companion(() => new Promise((resolve) => (release = resolve)));
    await environment.advance(100);
    const first = session.sendAction('/buyer-qr', { payload: 'a' });
    const others = [session.sendAction('/buyer-qr', { payload: 'a' }), session.sendAction('/renew', {})];
    expect(await Promise.all(others)).to.deep.equal([null, null]);
    await environment.advance(100);
    expect(posts().length).to.equal(1);
    release(Response.json(snapshot({ version: 2 })));
    expect((await answered(environment, first))?.kind).to.equal('done');
    void session.sendAction('/buyer-qr', { payload: 'b' });
    await environment.advance(100);
    expect(posts().length, 'then the next').to.equal(2);
  });

  it('is told that it was wrong, without asking anew', async () => {
    const errors = [{ path: 'payload', message: 'must be …' }];
    const { environment, session, posts } = companion(() => problem(422, { code: 'invalid_fields', errors }));
    await environment.advance(2_000);
    const before = environment.requests.length;
    const answer = await answered(environment, session.sendAction('/buyer-qr', { payload: '' }));
    expect(answer).to.deep.equal({ kind: 'problem', httpStatus: 422, pauseMs: 0 });
    await environment.advance(10_000);
    expect(posts().length).to.equal(1);
    expect(environment.requests.length).to.equal(before + 1);
  });

  it('is told how long to wait', async () => {
    const { environment, session } = companion(() => problem(429, { code: 'x' }, { 'retry-after': '20' }));
    await environment.advance(100);
    const answer = await answered(environment, session.sendAction('/push', { phone: '79990001122' }));
    expect(answer).to.include({ kind: 'problem', httpStatus: 429, pauseMs: 20_000 });
  });

  it('looks how things are when it was too late', async () => {
    const { environment, session, state, seen } = companion(() =>
      problem(409, { code: 'method_not_changeable' }),
    );
    await environment.advance(2_000);
    state.now = snapshot({ version: 5, status: 'processing' });
    const answer = await answered(environment, session.sendAction('/method', { method: 'sbp' }));
    expect(answer).to.include({ kind: 'problem', httpStatus: 409 });
    await environment.advance(2_000);
    expect(seen.at(-1)?.version).to.equal(5);
  });

  it('ends the session on 401, as every other answer does', async () => {
    const { environment, session, refusals } = companion(() => problem(401, { code: 'invalid_token' }));
    await environment.advance(100);
    await answered(environment, session.sendAction('/renew', {}));
    expect(refusals).to.deep.equal(['http-401']);
    await environment.advance(MINUTE);
    expect(environment.timers).to.equal(0);
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
      const { environment, session, state, seen, refusals } = companion(answer);
      await environment.advance(2_000);
      state.now = snapshot({ version: 3, method: 'sberpay' });
      expect(await answered(environment, session.sendAction('/method', { method: 'sberpay' }))).to.deep.equal(
        {
          kind: 'trouble',
          pauseMs: 0,
        },
      );
      await environment.advance(2_000);
      expect(seen.at(-1)?.version, 'what the companion did all the same').to.equal(3);
      expect(refusals).to.be.empty;
    });
  }

  it('is not the end of the session where a companion knows no such thing', async () => {
    const { environment, session, refusals } = companion(() => problem(404, { code: 'not_found' }));
    await environment.advance(100);
    const answer = await answered(environment, session.sendAction('/renew', {}));
    expect(answer).to.include({ kind: 'problem', httpStatus: 404 });
    expect(refusals).to.be.empty;
  });

  it('reads a proxy’s refusal without a word of the companion’s', async () => {
    const { environment, session } = companion(() => new Response('<html>too many</html>', { status: 429 }));
    await environment.advance(100);
    const answer = await answered(environment, session.sendAction('/method', { method: 'sbp' }));
    expect(answer).to.deep.equal({ kind: 'problem', httpStatus: 429, pauseMs: 0 });
  });

  it('is given up within 15 s when nothing answers, and leaves nothing behind', async () => {
    const { environment, session } = companion(() => new Promise(() => undefined));
    await environment.advance(100);
    let done = false;
    void session.sendAction('/renew', {}).then(() => (done = true));
    await environment.advance(14_900);
    expect(done).to.be.false;
    await environment.advance(200);
    expect(done).to.be.true;
    session.stop();
    await environment.advance(MINUTE);
    expect(environment.timers).to.equal(0);
  });

  it('ends with the element’s life', async () => {
    let aborted = false;
    const { environment, session, seen } = companion((_request, signal) => {
      signal.addEventListener('abort', () => (aborted = true));
      return new Promise(() => undefined);
    });
    await environment.advance(100);
    const acting = session.sendAction('/renew', {});
    session.stop();
    expect((await answered(environment, acting))?.kind).to.equal('trouble');
    expect(aborted).to.be.true;
    expect(seen.length).to.equal(1);
    expect(environment.timers).to.equal(0);
    expect(await session.sendAction('/renew', {}), 'and nothing more is sent').to.equal(null);
  });

  for (const [when, waitMs] of [
    ['while the stream is still open', 10],
    ['while late money is looked for', 2 * MINUTE],
    ['after nobody asks any more', 40 * MINUTE],
  ] as const) {
    it(`renews ${when}, and listens again`, async () => {
      const { environment, session, state, streams, seen } = companion(() => {
        state.now = snapshot({ version: 3, presentation: { kind: 'pending' } });
        return Response.json(state.now);
      });
      await environment.advance(100);
      state.now = snapshot({ version: 2, status: 'expired', actions: ['renew'] });
      streams[0]!.write(sse(state.now));
      await environment.advance(10);
      if (waitMs > 10) streams[0]!.write(END);
      await environment.advance(waitMs);
      const before = streams.length;
      await answered(environment, session.sendAction('/renew', {}));
      await environment.advance(2_000);
      expect(streams.length, 'a new stream').to.equal(before + 1);
      streams.at(-1)!.write(sse(snapshot({ version: 4, status: 'processing' })));
      await environment.advance(10);
      expect(seen.at(-1)?.version).to.equal(4);
    });
  }
});
