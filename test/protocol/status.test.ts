import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import {
  PAYMENT_STATUSES,
  isOpen,
  isPaymentStatus,
  mayEndUpAs,
  mayFollow,
  transition,
} from '../../src/protocol/status.ts';
import type { PaymentStatus } from '../../src/protocol/status.ts';

const status = fc.constantFrom(...PAYMENT_STATUSES);
/** The only ways out of a final state. */
const ALLOWED_FROM_FINAL = new Set([
  'paid→partial_refunded',
  'paid→refunded',
  'partial_refunded→refunded',
  'expired→paid',
  'expired→canceled',
  'canceled→paid',
]);

describe('transition', () => {
  it('is total: every pair has an answer, and one that changes nothing keeps the status', () => {
    fc.assert(
      fc.property(status, status, (from, to) => {
        const next = transition(from, to);
        assert.equal(next.status, next.changed ? to : from);
        assert.ok(isPaymentStatus(next.status));
      }),
    );
  });

  it('leaves a final state only as designed', () => {
    for (const from of PAYMENT_STATUSES.filter((s) => !isOpen(s))) {
      for (const to of PAYMENT_STATUSES) {
        assert.equal(transition(from, to).changed, ALLOWED_FROM_FINAL.has(`${from}→${to}`), `${from}→${to}`);
      }
    }
  });

  it('never loses money: once paid, no sequence of events ends unpaid', () => {
    const paidStates: PaymentStatus[] = ['paid', 'partial_refunded', 'refunded'];
    fc.assert(
      fc.property(fc.array(status), (events) => {
        let current: PaymentStatus = 'created';
        let wasPaid = false;
        for (const event of events) {
          current = transition(current, event).status;
          wasPaid ||= current === 'paid';
          if (wasPaid) assert.ok(paidStates.includes(current), `${events.join()} ended ${current}`);
        }
      }),
    );
  });

  it('never grows back: a sequence changes the status at most six times', () => {
    fc.assert(
      fc.property(fc.array(status, { maxLength: 50 }), (events) => {
        let current: PaymentStatus = 'created';
        let changes = 0;
        for (const event of events) {
          const next = transition(current, event);
          if (next.changed) changes++;
          current = next.status;
        }
        // created → processing → expired → canceled → paid → partial_refunded → refunded
        assert.ok(changes <= 6);
      }),
    );
  });

  it('flags money that comes after we gave up, and no other', () => {
    assert.equal(transition('expired', 'paid').late, true);
    assert.equal(transition('canceled', 'paid').late, true);
    assert.equal(transition('created', 'paid').late, false);
    assert.equal(transition('processing', 'paid').late, false);
  });

  it('never begins anew by a report: only a renewal leads from expired to created', () => {
    for (const from of PAYMENT_STATUSES) assert.equal(transition(from, 'created').changed, false, from);
    const renewed = PAYMENT_STATUSES.filter((from) => mayFollow(from, 'created'));
    assert.deepEqual(renewed, ['expired']);
  });
});

describe('mayEndUpAs', () => {
  const AFTER: Record<PaymentStatus, readonly PaymentStatus[]> = {
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
    it(`lists all that may follow ${from}, without a renewal of ${from} itself`, () => {
      assert.deepEqual(
        PAYMENT_STATUSES.filter((to) => mayEndUpAs(from, to)),
        PAYMENT_STATUSES.filter((to) => AFTER[from].includes(to)),
      );
    });
  }
});
