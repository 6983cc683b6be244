import { expect } from '@open-wc/testing';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import { FakeStream, FakeEnvironment } from '../../../support/fake-environment.ts';
import { snapshot } from '../../../support/snapshots.ts';

const MINUTE = 60_000;

type Answer = ConstructorParameters<typeof FakeEnvironment>[0];

function begin(answer: Answer) {
  const environment = new FakeEnvironment(answer);
  const seen = {
    came: [] as { came: string; at: number }[],
    refusals: [] as string[],
    versions: [] as number[],
  };
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', environment),
    {
      snapshot: ({ version }) => seen.versions.push(version),
      connection: () => undefined,
      refused: (refusal) => seen.refusals.push(refusal),
      companionNotFound: (came) => seen.came.push({ came, at: environment.now() }),
    },
    environment,
  );
  const startedAt = environment.now();
  session.start();
  return { environment, session, seen, startedAt };
}

const page =
  (status: number, type: string, body = '<h1>') =>
  () =>
    new Response(body, { status, headers: { 'content-type': type } });
const problem = (status: number, code: string) =>
  page(status, 'application/problem+json', JSON.stringify({ code }));

const NOT_A_COMPANION: Record<string, readonly [Answer, RegExp]> = {
  'an HTML page': [page(200, 'text/html'), /^200 text\/html$/],
  'an HTML 404': [page(404, 'text/html'), /^404 text\/html$/],
  'an HTML 403': [page(403, 'text/html'), /^403 text\/html$/],
  'a 502': [page(502, 'text/html'), /^502 text\/html$/],
  'a 500 without a type': [() => new Response(null, { status: 500 }), /^500 $/],
  'another JSON': [page(200, 'application/json', '{"id":7}'), /JSON, but not of this payment/],
  'no network of its own': [
    () => Promise.reject(new TypeError('Failed to fetch')),
    /TypeError: Failed to fetch/,
  ],
  'a wrong path of the companion': [problem(404, 'not_found'), /^404 application\/problem\+json$/],
  'no answer': [() => new Promise<Response>(() => undefined), /^no answer$/],
};

describe('a session that has heard no companion', () => {
  for (const [what, [answer, expected]] of Object.entries(NOT_A_COMPANION)) {
    it(`says so once after 15 s, with what came, and goes on asking: ${what}`, async () => {
      const { environment, seen, startedAt } = begin(answer);
      await environment.advance(14_900);
      expect(seen.came).to.deep.equal([]);
      await environment.advance(200);
      expect(seen.came.length).to.equal(1);
      expect(seen.came[0]!.came).to.match(expected);
      expect(seen.came[0]!.at - startedAt).to.equal(15_000);
      const before = environment.now();
      await environment.advance(10 * MINUTE);
      expect(seen.came.length).to.equal(1);
      expect(seen.refusals).to.deep.equal([]);
      expect(environment.since(before).length).to.be.within(20, 130);
    });
  }

  it('takes the payment as soon as one answers', async () => {
    const { environment, session, seen } = begin(page(502, 'text/html'));
    await environment.advance(20_000);
    environment.answer = (request, signal) =>
      request.path === '' ? Response.json(snapshot()) : new FakeStream(signal).response;
    const checked = session.check(true);
    await environment.advance(1_100);
    expect(await checked).to.be.true;
    expect(seen.versions[0]).to.equal(1);
  });

  it('does not take a companion that is busy for none', async () => {
    for (const [status, code] of [
      [429, 'rate_limited'],
      [503, 'store_not_writable'],
    ] as const) {
      const { environment, seen } = begin(problem(status, code));
      await environment.advance(5 * MINUTE);
      expect(seen.came).to.deep.equal([]);
    }
  });

  it('says nothing of it without a network, and counts from when there is one', async () => {
    const { environment, session, seen } = begin(() => Promise.reject(new TypeError('Failed to fetch')));
    session.wentOffline();
    await environment.advance(MINUTE);
    expect(seen.came).to.deep.equal([]);
    session.cameOnline();
    await environment.advance(14_000);
    expect(seen.came).to.deep.equal([]);
    await environment.advance(2_000);
    expect(seen.came.length).to.equal(1);
  });

  it('says nothing of it once a payment is known', async () => {
    const { environment, seen } = begin(() => Response.json(snapshot()));
    await environment.advance(1_000);
    environment.answer = page(502, 'text/html');
    await environment.advance(5 * MINUTE);
    expect(seen.came).to.deep.equal([]);
  });

  it('has no timer left when it is stopped', async () => {
    for (const ms of [0, 10_000, 20_000]) {
      const { environment, session, seen } = begin(page(404, 'text/html'));
      await environment.advance(ms);
      session.stop();
      const told = seen.came.length;
      await environment.advance(MINUTE);
      expect(environment.timers).to.equal(0);
      expect(seen.came.length).to.equal(told);
    }
  });
});

describe('a page of an origin that is not allowed', () => {
  it('is told so and asks no more', async () => {
    const { environment, seen } = begin(problem(403, 'origin_not_allowed'));
    await environment.advance(10 * MINUTE);
    expect(seen.refusals).to.deep.equal(['origin-not-allowed']);
    expect(environment.requests.length).to.equal(1);
    expect(environment.timers).to.equal(0);
  });

  it('opens no stream again and again when only the stream is refused first', async () => {
    const { environment, seen } = begin(() => Response.json(snapshot()));
    environment.answer = (request) =>
      request.path === '/events' || environment.requests.length > 2
        ? new Response('{"code":"origin_not_allowed"}', {
            status: 403,
            headers: { 'content-type': 'application/problem+json' },
          })
        : Response.json(snapshot());
    await environment.advance(10 * MINUTE);
    expect(seen.refusals).to.deep.equal(['origin-not-allowed']);
    expect(environment.since(0, '/events').length).to.equal(1);
    expect(environment.requests.length).to.equal(3);
  });
});
