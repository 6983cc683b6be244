import { expect } from '@open-wc/testing';
import type { Bank } from '../../../src/protocol/banks.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../../src/protocol/status.ts';
import { eventsBetween } from '../../../src/widget/state/diff-events.ts';
import { adjustOffset } from '../../../src/widget/state/server-clock.ts';
import {
  INITIAL,
  reduce,
  screenOf,
  timeLeft,
  type Screen,
  type State,
} from '../../../src/widget/state/state.ts';
import { snapshot } from '../../support/snapshots.ts';

const BANK: Bank = {
  id: 'b',
  name: 'Банк',
  logo_url: null,
  aliases: [],
  url: 'https://bank.example',
  links: [],
};

const FORM = {
  kind: 'form',
  action: 'https://x.example',
  http_method: 'POST',
  fields: [],
  iframe: false,
} as const;

function take(state: State, changes: Parameters<typeof snapshot>[0], at = 1_000): State {
  return reduce(state, {
    type: 'snapshot',
    snapshot: snapshot(changes),
    times: { askedAt: at, receivedAt: at },
  });
}

describe('screenOf', () => {
  const expected: Record<PaymentStatus, Screen> = {
    created: 'pay',
    processing: 'waiting',
    paid: 'paid',
    failed: 'failed',
    expired: 'expired',
    canceled: 'canceled',
    partial_refunded: 'refunded',
    refunded: 'refunded',
  };
  for (const status of PAYMENT_STATUSES) {
    it(`shows ${expected[status]} for ${status}`, () => {
      expect(screenOf(take(INITIAL, { status }))).to.equal(expected[status]);
    });
  }

  it('is loading until the server has spoken', () => expect(screenOf(INITIAL)).to.equal('loading'));

  it('is loading while there is no way to pay', () => {
    expect(screenOf(take(INITIAL, { presentation: { kind: 'pending' } }))).to.equal('loading');
  });

  it('is pay for a form, and waiting once the payer has gone there', () => {
    const form = take(INITIAL, { presentation: FORM });
    expect(screenOf(form)).to.equal('pay');
    expect(screenOf(reduce(form, { type: 'departed', destination: 'form', at: 1 }))).to.equal('waiting');
  });

  it('is pay while a code may be scanned, and waiting while one is charged', () => {
    const scan = { presentation: { kind: 'scan' } } as const;
    expect(screenOf(take(INITIAL, { ...scan, actions: ['buyer_qr', 'cancel'] }))).to.equal('pay');
    expect(screenOf(take(INITIAL, { ...scan, actions: [] }))).to.equal('waiting');
  });

  it('is choose while several methods are on offer and none is chosen', () => {
    const several = {
      method: null,
      methods: ['sbp', 'buyer_qr'],
      presentation: { kind: 'pending' },
    } as const;
    expect(screenOf(take(INITIAL, { ...several, actions: ['method'] }))).to.equal('choose');
    expect(screenOf(take(INITIAL, several)), 'the companion offers no choice').to.equal('loading');
    for (const methods of [[], ['sbp'], ['sbp', 'sbp', 'sbp']] as const) {
      const one = take(INITIAL, { ...several, methods, actions: ['method'] });
      expect(screenOf(one), 'there is nothing to choose').to.equal('loading');
    }
  });

  it('is choose when the payer looks for another way, until one is chosen', () => {
    const several = { methods: ['sbp', 'sberpay'], actions: ['method'] } as const;
    const looking = reduce(take(INITIAL, several), { type: 'choosing', choosing: true });
    expect(screenOf(looking)).to.equal('choose');
    expect(screenOf(reduce(looking, { type: 'choosing', choosing: false }))).to.equal('pay');
    expect(screenOf(take(looking, { ...several, version: 2 })), 'other news').to.equal('choose');
    expect(screenOf(take(looking, { ...several, version: 2, method: 'sberpay' }))).to.equal('pay');
    expect(screenOf(take(looking, { ...several, version: 2, status: 'processing' }))).to.equal('waiting');
    expect(screenOf(take(looking, { version: 2 })), 'no longer offered').to.equal('pay');
  });

  it('is waiting after a bank was opened, and pay again on the way back', () => {
    const opened = reduce(take(INITIAL, {}), { type: 'departed', destination: BANK, at: 1 });
    expect(screenOf(opened)).to.equal('waiting');
    expect(screenOf(reduce(opened, { type: 'entry-mode', entryMode: 'banks' }))).to.equal('pay');
  });

  it('is pay again when there is another link: the bank was opened with the old one', () => {
    const opened = reduce(take(INITIAL, {}), { type: 'departed', destination: BANK, at: 1 });
    expect(screenOf(take(opened, { version: 2 })), 'the same link').to.equal('waiting');
    const presentation = { kind: 'link', url: 'https://qr.nspk.ru/another', deep_link: null } as const;
    expect(screenOf(take(opened, { version: 2, presentation }))).to.equal('pay');
    expect(screenOf(take(opened, { version: 2, method: 'sberpay' }))).to.equal('pay');
  });

  it('is checking when the time is up, from the first snapshot on, and only while created', () => {
    expect(screenOf(take(INITIAL, { leftMs: 0 }))).to.equal('checking');
    expect(screenOf(take(INITIAL, { leftMs: -5_000, status: 'processing' }))).to.equal('waiting');
    const late = reduce(take(INITIAL, {}), { type: 'time-up', timeUp: true });
    expect(screenOf(late)).to.equal('checking');
    expect(screenOf(take(late, { version: 2, status: 'paid', leftMs: -1 }))).to.equal('paid');
  });

  it('is error when refused, but never over a result', () => {
    const refusal = { type: 'refused', refusal: 'http-401' } as const;
    expect(screenOf(reduce(INITIAL, refusal))).to.equal('error');
    expect(screenOf(reduce(take(INITIAL, { status: 'paid' }), refusal))).to.equal('paid');
  });
});

describe('reduce', () => {
  it('drops what is not newer', () => {
    const state = take(INITIAL, { version: 5, status: 'processing' });
    for (const version of [5, 4, 1]) {
      expect(take(state, { version, status: 'failed' }).snapshot?.status).to.equal('processing');
    }
  });

  it('never leaves a final state but for late money and refunds', () => {
    const after: Record<PaymentStatus, readonly PaymentStatus[]> = {
      created: PAYMENT_STATUSES,
      processing: PAYMENT_STATUSES,
      paid: ['paid', 'partial_refunded', 'refunded'],
      failed: ['failed'],
      expired: ['expired', 'canceled', 'paid', 'partial_refunded', 'refunded'],
      canceled: ['canceled', 'paid', 'partial_refunded', 'refunded'],
      partial_refunded: ['partial_refunded', 'refunded'],
      refunded: ['refunded'],
    };
    for (const from of PAYMENT_STATUSES) {
      for (const to of PAYMENT_STATUSES) {
        const state = take(take(INITIAL, { version: 1, status: from }), { version: 2, status: to });
        const expected = after[from].includes(to) ? to : from;
        expect(state.snapshot?.status, `${from} → ${to}`).to.equal(expected);
      }
    }
  });

  it('never takes money back, whatever a companion offers beside it', () => {
    for (const status of ['paid', 'refunded', 'partial_refunded', 'canceled'] as const) {
      const over = take(INITIAL, { version: 2, status, actions: ['renew'] });
      for (const next of ['created', 'processing', 'expired'] as const) {
        expect(take(over, { version: 3, status: next }).snapshot?.status, `${status}, then ${next}`).to.equal(
          status,
        );
      }
    }
  });

  it('lets what is expired be renewed, where the companion offers it', () => {
    const expired = take(INITIAL, { version: 2, status: 'expired', actions: ['renew'], leftMs: -1 });
    for (const status of PAYMENT_STATUSES) {
      const next = take(expired, { version: 3, status });
      expect(next.snapshot?.status, 'also what followed the renewal').to.equal(status);
    }
    expect(take(expired, { version: 1 }).snapshot?.status, 'but never by an older word').to.equal('expired');
    const renewed = take(expired, { version: 3, leftMs: 600_000 });
    expect(screenOf(renewed)).to.equal('pay');
    expect(timeLeft(renewed, 1_000)).to.equal(600_000);
  });

  it('does one thing at a time, and knows whose answer it is', () => {
    const [push, scan] = [
      { path: '/push', body: { phone: '1' }, outcome: 'busy' },
      { path: '/buyer-qr', body: {}, outcome: 'busy' },
    ] as const;
    const begun = reduce(take(INITIAL, {}), { type: 'action-started', action: push });
    expect(reduce(begun, { type: 'action-started', action: scan })).to.equal(begun);
    expect(reduce(begun, { type: 'action-ended', action: scan, outcome: 'done' })).to.equal(begun);
    const ended = reduce(begun, { type: 'action-ended', action: push, outcome: 'done' });
    expect(ended.lastAction).to.deep.equal({ ...push, outcome: 'done' });
    const another = reduce(begun, { type: 'reset' });
    expect(reduce(another, { type: 'action-ended', action: push, outcome: 'done' })).to.equal(INITIAL);
  });

  it('forgets what came to nothing when the payer looks for another way, but not what is under way', () => {
    const act = { path: '/method', body: {}, outcome: 'busy' } as const;
    const begun = reduce(take(INITIAL, {}), { type: 'action-started', action: act });
    expect(reduce(begun, { type: 'choosing', choosing: true }).lastAction).to.equal(act);
    const outcome = { kind: 'trouble', pauseMs: 0 } as const;
    const failed = reduce(begun, { type: 'action-ended', action: act, outcome });
    expect(reduce(failed, { type: 'choosing', choosing: true }).lastAction).to.equal(null);
  });

  it('counts how long there has been no way to pay, anew for each method', () => {
    const pending = { presentation: { kind: 'pending' } } as const;
    const first = take(INITIAL, pending, 5_000);
    expect(first.pendingSince).to.equal(5_000);
    expect(take(first, { ...pending, version: 2 }, 9_000).pendingSince).to.equal(5_000);
    expect(take(first, { ...pending, version: 2, method: 'sberpay' }, 9_000).pendingSince).to.equal(9_000);
    expect(take(first, { version: 2 }, 9_000).pendingSince).to.equal(null);
  });

  it('answers the same object when nothing changes', () => {
    const state = take(INITIAL, { serverNow: 1_000_000 });
    expect(take(state, { serverNow: 1_000_000 })).to.equal(state);
    expect(reduce(state, { type: 'time-up', timeUp: false })).to.equal(state);
    expect(reduce(state, { type: 'connection', connection: 'connecting', network: true })).to.equal(state);
  });
});

describe('changesBetween', () => {
  it('tells a result once, however often it comes', () => {
    let state = INITIAL;
    const told: string[] = [];
    for (const [version, status] of [
      [1, 'created'],
      [2, 'processing'],
      [2, 'processing'],
      [3, 'expired'],
      [4, 'paid'],
      [4, 'paid'],
      [5, 'paid'],
    ] as const) {
      const next = take(state, { version, status });
      told.push(...eventsBetween(state, next).map(({ type }) => type));
      state = next;
    }
    expect(told.filter((type) => type === 'sbp-ready').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-expired').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-paid').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-status').length).to.equal(4);
  });
});

describe('changesBetween, after a renewal', () => {
  it('tells it as a step, and the next result again', () => {
    let state = take(INITIAL, { version: 1, status: 'expired', actions: ['renew'] });
    const told: string[] = [];
    for (const [version, status] of [
      [2, 'created'],
      [3, 'expired'],
      [4, 'paid'],
    ] as const) {
      const next = take(state, { version, status, actions: ['renew'] });
      for (const event of eventsBetween(state, next)) {
        const step = (event as CustomEvent<{ step?: string }>).detail.step;
        told.push(step ?? event.type);
      }
      state = next;
    }
    expect(told).to.deep.equal([
      ...['sbp-status', 'renewed'],
      ...['sbp-status', 'sbp-expired', 'result'],
      ...['sbp-status', 'sbp-paid', 'result'],
    ]);
  });
});

describe('the server’s clock', () => {
  const EXPIRES = Date.parse('2026-03-29T01:30:00Z');

  it('counts from the server’s time, not from the page’s', () => {
    const state = take(INITIAL, { serverNow: EXPIRES - 60_000, leftMs: 60_000 }, 5_000);
    expect(timeLeft(state, 5_000)).to.equal(60_000);
    expect(timeLeft(state, 35_000)).to.equal(30_000);
    expect(timeLeft(state, 500_000)).to.equal(0);
  });

  it('catches up after a sleep in which the monotonic clock stood still, by a snapshot of the same version', () => {
    const before = take(INITIAL, { serverNow: EXPIRES - 3_600_000, leftMs: 3_600_000 }, 5_000);
    const after = take(before, { serverNow: EXPIRES - 1_800_000, leftMs: 1_800_000 }, 6_000);
    expect(timeLeft(after, 6_000)).to.equal(1_800_000);
  });

  it('is not set back by a stream message that lay in a buffer', () => {
    const fresh = adjustOffset(null, { serverNow: 100_000, askedAt: 990, receivedAt: 1_000 });
    expect(adjustOffset(fresh, { serverNow: 95_000, askedAt: null, receivedAt: 1_100 })).to.equal(fresh);
  });

  it('is set right by an answer when it was wrong, to within the time the answer took', () => {
    const hourAhead = adjustOffset(null, { serverNow: 3_700_000, askedAt: null, receivedAt: 1_000 });
    const answered = adjustOffset(hourAhead, { serverNow: 101_000, askedAt: 1_900, receivedAt: 2_000 });
    expect(answered).to.be.within(99_000, 99_100);
  });
});
