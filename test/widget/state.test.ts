import { expect } from '@open-wc/testing';
import type { Bank } from '../../src/protocol/banks.ts';
import { PAYMENT_STATUSES, type PaymentStatus } from '../../src/protocol/status.ts';
import { changesBetween } from '../../src/widget/changes.ts';
import { adjustOffset } from '../../src/widget/clock.ts';
import { INITIAL, reduce, screenOf, timeLeft, type Screen, type State } from '../../src/widget/state.ts';
import { snapshot } from '../support/snapshots.ts';

const BANK: Bank = {
  id: 'b',
  name: 'Банк',
  logo_url: null,
  aliases: [],
  url: 'https://bank.example',
  links: [],
};

function take(state: State, changes: Parameters<typeof snapshot>[0], at = 1_000): State {
  return reduce(state, {
    type: 'snapshot',
    snapshot: snapshot(changes),
    receipt: { askedAt: at, receivedAt: at },
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

  it('is loading while there is no link to show', () => {
    for (const presentation of [
      { kind: 'pending' },
      { kind: 'scan' },
      { kind: 'form', action: 'https://x.example', http_method: 'POST', fields: [], iframe: false },
    ] as const) {
      expect(screenOf(take(INITIAL, { presentation }))).to.equal('loading');
    }
  });

  it('is waiting after a bank was opened, and pay again on the way back', () => {
    const opened = reduce(take(INITIAL, {}), { type: 'bank-opened', bank: BANK });
    expect(screenOf(opened)).to.equal('waiting');
    expect(screenOf(reduce(opened, { type: 'way', way: 'banks' }))).to.equal('pay');
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
      expired: ['expired', 'paid', 'partial_refunded', 'refunded'],
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

  it('answers the same object when nothing changes', () => {
    const state = take(INITIAL, { serverNow: 1_000_000 });
    expect(take(state, { serverNow: 1_000_000 })).to.equal(state);
    expect(reduce(state, { type: 'time-up', timeUp: false })).to.equal(state);
    expect(reduce(state, { type: 'connection', connection: 'connecting' })).to.equal(state);
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
      told.push(...changesBetween(state, next).map(({ type }) => type));
      state = next;
    }
    expect(told.filter((type) => type === 'sbp-ready').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-expired').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-paid').length).to.equal(1);
    expect(told.filter((type) => type === 'sbp-status').length).to.equal(4);
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
