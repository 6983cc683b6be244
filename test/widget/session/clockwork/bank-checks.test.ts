import { expect } from '@open-wc/testing';
import type { Snapshot } from '../../../../src/protocol/snapshot.ts';
import { CheckoutApi } from '../../../../src/widget/session/api.ts';
import { Session } from '../../../../src/widget/session/session.ts';
import { FakeStream, FakeEnvironment } from '../../../support/fake-environment.ts';
import { snapshot } from '../../../support/snapshots.ts';

const OPEN = snapshot({ actions: ['check'] });

/** Starts a session with an open stream. The response to `/check` comes from `check`. */
async function listening(check: () => Response | Promise<Response>, first: Snapshot = OPEN) {
  const seen: number[] = [];
  const refusals: string[] = [];
  const environment = new FakeEnvironment(({ path }, signal) => {
    if (path === '/check') return check();
    if (path !== '/events') return Response.json(first);
    const stream = new FakeStream(signal);
    stream.write(': open\n\n');
    return stream.response;
  });
  const session = new Session(
    new CheckoutApi('https://pay.example.ru', 'pay_1.secret', environment),
    {
      snapshot: ({ version }) => seen.push(version),
      connection: () => undefined,
      refused: (refusal) => refusals.push(refusal),
      companionNotFound: () => undefined,
    },
    environment,
  );
  session.start();
  await environment.advance(10_000);
  return { environment, session, seen, refusals, back: environment.now() };
}

function times(environment: FakeEnvironment, since: number, path = '/check'): number[] {
  return environment.since(since, path).map(({ at }) => at - since);
}

const SERIES = [0, 2_000, 4_000, 8_000, 15_000];

describe('back from the bank', () => {
  it('has the bank asked at once and 2, 4, 8 and 15 s after, by POST', async () => {
    const { environment, session, back } = await listening(() => Response.json(OPEN));
    session.returned();
    await environment.advance(120_000);
    expect(times(environment, back)).to.deep.equal(SERIES);
    const [first] = environment.since(back, '/check');
    expect([first!.method, first!.body]).to.deep.equal(['POST', '{}']);
  });

  it('takes several signs for one return, and another return after it for another', async () => {
    const { environment, session, back } = await listening(() => Response.json(OPEN));
    for (let sign = 0; sign < 50; sign++) session.returned();
    await environment.advance(1_000);
    session.returned();
    await environment.advance(120_000);
    expect(times(environment, back)).to.deep.equal(SERIES);
    const again = environment.now();
    session.returned();
    await environment.advance(120_000);
    expect(times(environment, again)).to.deep.equal(SERIES);
  });

  it('stops at a result, when the page is hidden, and when it is removed', async () => {
    const paid = snapshot({ version: 2, status: 'paid' });
    const result = await listening(() => Response.json(paid));
    result.session.returned();
    await result.environment.advance(120_000);
    expect(times(result.environment, result.back)).to.deep.equal([0]);
    expect(result.seen.at(-1)).to.equal(2);
    expect(result.environment.timers).to.equal(0);
    for (const end of ['away', 'stop'] as const) {
      const { environment, session, back } = await listening(() => Response.json(OPEN));
      session.returned();
      await environment.advance(3_000);
      session[end]();
      await environment.advance(120_000);
      expect(times(environment, back), end).to.deep.equal([0, 2_000]);
    }
  });

  it('goes on after an expiry: the payer may have paid in the last second', async () => {
    const expired = snapshot({ version: 2, status: 'expired', actions: ['renew', 'check'] });
    const { environment, session, back } = await listening(() => Response.json(expired));
    session.returned();
    await environment.advance(60_000);
    expect(times(environment, back)).to.deep.equal(SERIES);
  });

  it('never posts without the action: another backend is asked as ever', async () => {
    const { environment, session, back } = await listening(() => Response.json(OPEN), snapshot());
    session.returned();
    await environment.advance(20_000);
    expect(times(environment, back)).to.deep.equal([]);
    expect(times(environment, back, '')).to.deep.equal(SERIES);
    expect(await answeredBy(session, environment)).to.be.true;
    expect(times(environment, back)).to.deep.equal([]);
  });

  it('has one question out, however slow the answer', async () => {
    const { environment, session, back } = await listening(() => new Promise(() => undefined));
    session.returned();
    await environment.advance(14_000);
    expect(times(environment, back)).to.deep.equal([0]);
  });

  it('keeps what the page knows when the question fails, and waits as long as it is told to', async () => {
    for (const answer of [
      () => new Response(null, { status: 500 }),
      () => Promise.reject(new Error('gone')),
    ]) {
      const { environment, session, back, refusals, seen } = await listening(answer);
      session.returned();
      await environment.advance(20_000);
      expect(times(environment, back)).to.deep.equal(SERIES);
      expect([refusals.length, seen.length]).to.deep.equal([0, 1]);
    }
    const headers = { 'retry-after': '10' };
    const { environment, session, back } = await listening(
      () => new Response(null, { status: 429, headers }),
    );
    session.returned();
    await environment.advance(20_000);
    expect(times(environment, back)).to.deep.equal([0, 15_000]);
  });

  it('has the bank asked by the button, once a second at most, and not by refresh()', async () => {
    const { environment, session, back } = await listening(() => Response.json(OPEN));
    expect(await answeredBy(session, environment)).to.be.true;
    expect(times(environment, back).length).to.equal(1);
    for (let tap = 0; tap < 30; tap++) void session.check(true);
    await environment.advance(5_000);
    expect(times(environment, back).length).to.equal(2);
    const before = environment.now();
    const refreshed = session.check();
    await environment.advance(2_000);
    expect(await refreshed).to.be.true;
    expect(times(environment, before)).to.deep.equal([]);
    expect(times(environment, before, '').length).to.equal(1);
  });
});

async function answeredBy(session: Session, environment: FakeEnvironment): Promise<boolean> {
  const answered = session.check(true);
  await environment.advance(2_000);
  return answered;
}
