import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import fc from 'fast-check';
import { receiveWebhook } from '../../../../src/companion/payments/reports/receive-webhook.ts';
import { cancelPayment } from '../../../../src/companion/payments/lifecycle/cancel.ts';
import { chooseMethod } from '../../../../src/companion/payments/lifecycle/choose-method.ts';
import { findAttempts } from '../../../../src/companion/payments/model/attempts.ts';
import { findOpenAttention } from '../../../../src/companion/payments/model/attention.ts';
import { findEvents, findPayment } from '../../../../src/companion/payments/model/queries.ts';
import { payableUntil } from '../../../../src/companion/payments/model/payable-until.ts';
import { isLate } from '../../../../src/companion/payments/model/payment.ts';
import { createRefund } from '../../../../src/companion/payments/refunds/create-refund.ts';
import { RefundRefused } from '../../../../src/companion/payments/refunds/refundable.ts';
import { renewPayment } from '../../../../src/companion/payments/lifecycle/renew.ts';
import { LONGEST_SILENT_PAUSE_MS } from '../../../../src/companion/payments/model/next-check.ts';
import { PAYMENT_STATUSES, transition } from '../../../../src/protocol/status.ts';
import type { RefundReport } from '../../../../src/companion/providers/provider.ts';
import { AMOUNT, Ledger } from '../../../support/ledger.ts';

const RUNS = Number(process.env['MODEL_RUNS'] ?? 2_000);
const LIFETIME_MS = 60_000;
/** The default configuration. */
const RENEWABLE_MS = 24 * 3_600_000;

/** Payments per database. More payments make each reconciler round slower. */
const LIVES_PER_LEDGER = 50;

let ledger: Ledger;
let lives = 0;
before(async () => {
  ledger = await Ledger.open();
});
after(() => ledger.close());

async function nextLedger(): Promise<void> {
  if (++lives % LIVES_PER_LEDGER !== 0) return;
  await ledger.close();
  ledger = await Ledger.open();
}

/** Events that can happen to a payment, in any order and number. */
type Happening =
  | {
      readonly kind: 'bank';
      readonly status: 'processing' | 'paid' | 'failed' | 'expired';
      readonly attempt: number;
      readonly told: boolean;
    }
  | { readonly kind: 'repeat'; readonly which: number }
  | { readonly kind: 'wrong-sum' }
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'look' | 'renew' | 'restart' }
  | { readonly kind: 'cancel'; readonly by: 'merchant' | 'payer'; readonly onLate: 'tell' | 'refund' | null }
  | { readonly kind: 'choose'; readonly method: 'sbp' | 'sberpay' }
  | { readonly kind: 'refund'; readonly amount: number | null }
  /** The bank reports a succeeded refund as failed. */
  | { readonly kind: 'contradiction'; readonly which: number }
  /** A refund made in the bank's dashboard. */
  | { readonly kind: 'cabinet'; readonly amount: number }
  | { readonly kind: 'down'; readonly how: 'no' | 'before' | 'after' };

const happening: fc.Arbitrary<Happening> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('bank' as const),
      status: fc.constantFrom('processing', 'paid', 'paid', 'failed', 'expired'),
      attempt: fc.nat(2),
      told: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('repeat' as const), which: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'wrong-sum' as const }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('time' as const),
      ms: fc.constantFrom(1_000, 6_000, 61_000, 3_700_000, 90_000_000),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({ kind: fc.constantFrom('look' as const, 'look' as const, 'renew' as const) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cancel' as const),
      by: fc.constantFrom('merchant' as const, 'merchant' as const, 'payer' as const),
      onLate: fc.constantFrom(null, 'tell' as const, 'refund' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('choose' as const),
      method: fc.constantFrom('sbp' as const, 'sberpay' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('refund' as const),
      amount: fc.option(fc.constantFrom(1, 3_000, 7_000, AMOUNT, AMOUNT + 1), { nil: null }),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('contradiction' as const),
      which: fc.nat(3),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('cabinet' as const),
      // We never request this amount, so it cannot match a refund of ours.
      amount: fc.constantFrom(1_111, 6_667),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: fc.constant('down' as const),
      how: fc.constantFrom('no' as const, 'before' as const, 'after' as const),
    }),
  },
);

/** One payment. The bank's actions are the model; the database is compared with it. */
class Life {
  readonly id: string;
  /** Kopecks refunded in the bank's dashboard. */
  #elsewhere = 0;
  #messages = 0;
  readonly #contradicted = new Set<string>();
  readonly #told: { deliveryId: string; reference: string; status: string; amount: number }[] = [];

  constructor(id: string) {
    this.id = id;
  }

  async live(event: Happening): Promise<void> {
    const { ctx, provider } = ledger;
    const payment = (await findPayment(ctx.store.read, this.id))!;
    switch (event.kind) {
      case 'bank': {
        const attempts = await findAttempts(ctx.store.read, this.id);
        const attempt = attempts[event.attempt % attempts.length]!;
        const { reference } = attempt;
        const bill = provider.created.get(reference);
        if (!bill) return;
        // A code that ended more than an hour ago is not polled any more, so its money must come by a report.
        const forgotten = reference !== payment.reference && attempt.closeState === 'none';
        const ended = bill.status === 'canceled' || bill.status === 'expired';
        if (ended && forgotten && !event.told) return;
        const next = transition(bill.status, event.status);
        bill.status = next.status;
        if (event.told && next.changed) await this.#tell(reference, bill.status, AMOUNT);
        return;
      }
      case 'repeat': {
        const old = this.#told[event.which % Math.max(1, this.#told.length)];
        if (old) await this.#deliver(old);
        return;
      }
      case 'wrong-sum':
        await this.#tell(payment.reference!, 'paid', AMOUNT - 1);
        return;
      case 'time':
        ledger.time += event.ms;
        return;
      case 'look':
        await ledger.look();
        return;
      case 'cancel':
        await cancelPayment(ctx, payment, {
          source: event.by,
          onLate: event.by === 'merchant' ? event.onLate : null,
        });
        return;
      case 'renew':
        await renewPayment(ctx, this.id);
        return;
      case 'choose':
        await chooseMethod(ctx, this.id, { method: event.method, phone: null });
        return;
      case 'restart':
        await ledger.restart();
        return;
      case 'refund':
        // Two in parallel: each alone may be allowed, but both together exceed the balance.
        await this.#refundTwice(event.amount);
        return;
      case 'contradiction':
        await this.#contradict(event.which);
        return;
      case 'cabinet':
        if (payment.paidAt !== null) await this.#giveBackElsewhere(event.amount);
        return;
      case 'down':
        provider.down = event.how;
    }
  }

  async #refundTwice(amount: number | null): Promise<void> {
    const before = await this.#mayBeOut();
    await Promise.all([this.#refund(amount), this.#refund(amount)]);
    const after = await this.#mayBeOut();
    assert.ok(after <= Math.max(AMOUNT, before), `${after} may be out of ${AMOUNT}`);
  }

  /** Kopecks that left, or may leave: by our refunds and by reported refunds of others. */
  async #mayBeOut(): Promise<number> {
    const ours = await this.#ownRefunds();
    const isOut = ours.filter(({ status }) => status !== 'failed');
    return isOut.reduce((sum, { amount }) => sum + amount, this.#elsewhere);
  }

  #ownRefunds() {
    return ledger.ctx.store.read
      .selectFrom('refunds')
      .selectAll()
      .where('paymentId', '=', this.id)
      .where('duplicate', '=', 0)
      .execute();
  }

  async #contradict(which: number): Promise<void> {
    const ended = (await this.#ownRefunds()).filter(({ status }) => status === 'succeeded');
    const refund = ended[which % Math.max(1, ended.length)];
    if (!refund) return;
    const report = { refundId: refund.id, providerRefundId: null, amount: null, status: 'failed' } as const;
    assert.equal(await this.#tellOfRefund(refund.reference, report), 'refund_contradicted');
    this.#contradicted.add(refund.id);
  }

  async #giveBackElsewhere(amount: number): Promise<void> {
    const attempts = await findAttempts(ledger.ctx.store.read, this.id);
    const { reference } = attempts.find(({ state }) => state === 'paid')!;
    const providerRefundId = `elsewhere ${++this.#messages}`;
    const report = { refundId: null, providerRefundId, amount, status: 'succeeded' } as const;
    if ((await this.#tellOfRefund(reference, report)) === 'unmatched_refund') this.#elsewhere += amount;
  }

  #tellOfRefund(reference: string, refund: RefundReport): Promise<string> {
    const deliveryId = `${reference} refund ${++this.#messages}`;
    const nothing = { status: null, amount: null, currency: null };
    const delivery = { ...nothing, deliveryId, event: `refund.${refund.status}`, reference, refund };
    return receiveWebhook(ledger.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') });
  }

  async #refund(amount: number | null): Promise<void> {
    try {
      await createRefund(ledger.ctx, { paymentId: this.id, amount, reason: null }, () => Promise.resolve());
    } catch (error) {
      if (!(error instanceof RefundRefused)) throw error;
    }
  }

  async #tell(reference: string, status: string, amount: number): Promise<void> {
    const message = { deliveryId: `${reference}-${status}-${this.#told.length}`, reference, status, amount };
    this.#told.push(message);
    await this.#deliver(message);
  }

  async #deliver({
    deliveryId,
    reference,
    status,
    amount,
  }: {
    deliveryId: string;
    reference: string;
    status: string;
    amount: number;
  }) {
    const known = PAYMENT_STATUSES.find((name) => name === status) ?? null;
    await receiveWebhook(ledger.ctx, {
      provider: 'sandbox',
      delivery: { deliveryId, event: `payment.${status}`, reference, status: known, amount, currency: 'RUB' },
      body: Buffer.from('{}'),
    });
  }

  /** The provider answers again, and all delayed work is done. */
  async settle(): Promise<void> {
    ledger.provider.down = 'no';
    // After a long outage, the next query comes hours later.
    for (const ms of [400_000, 400_000, LONGEST_SILENT_PAUSE_MS, 400_000, 400_000, 400_000, 400_000]) {
      ledger.time += ms;
      await ledger.look();
    }
  }

  async check(): Promise<void> {
    const { ctx, provider } = ledger;
    const db = ctx.store.read;
    const payment = (await findPayment(db, this.id))!;
    const events = await findEvents(db, this.id);
    const changes = events.filter(({ note }) => note === null);

    assert.deepEqual(
      changes.map(({ version }) => version),
      changes.map((_, index) => index + 1),
      'versions grow by one',
    );
    assert.equal(payment.version, changes.length, 'one line in the history for each version');

    const paid = changes.filter(
      ({ statusBefore, statusAfter }) => statusAfter === 'paid' && statusBefore !== 'paid',
    );
    assert.ok(paid.length <= 1, 'money is counted once');
    assert.equal(payment.paidAt !== null, paid.length === 1);

    const ends = changes.filter(
      ({ statusBefore, statusAfter }) =>
        statusBefore !== statusAfter && ['expired', 'canceled'].includes(statusAfter),
    );
    const [money] = paid;
    assert.equal(
      isLate(payment),
      money !== undefined && ends.some(({ id }) => id < money.id),
      'late, for the merchant',
    );
    const endedBefore = money !== undefined && ['expired', 'canceled'].includes(money.statusBefore);
    assert.equal(payment.late, endedBefore, 'late, in the payer’s eyes');

    const firstExpiry = ends.find(({ statusAfter }) => statusAfter === 'expired')?.createdAt ?? null;
    assert.equal(payment.firstExpiredAt, firstExpiry);
    for (const { id, createdAt } of changes.filter(({ event }) => event === 'payment.renewed')) {
      assert.ok(createdAt <= firstExpiry! + RENEWABLE_MS - 60_000, 'renewed in time');
      assert.ok(!ends.some((end) => end.statusAfter === 'canceled' && end.id < id), 'never after a cancel');
    }
    if (firstExpiry !== null)
      assert.ok(payment.deadline <= firstExpiry + RENEWABLE_MS, 'no code outlives that');
    if (payment.paidAt !== null) assert.equal(await payableUntil(ctx, payment), null);

    const attempts = await findAttempts(db, this.id);
    const paidBills = attempts.filter(({ reference }) => provider.created.get(reference)?.status === 'paid');
    if (paidBills.length > 0) {
      const flagged = events.some(({ note }) => note === 'paid_after_failure');
      assert.ok(payment.paidAt !== null || flagged, 'money the bank took is never overlooked');
    }
    if (payment.paidAt !== null) assert.ok(paidBills.length > 0, 'no money is made up');

    const all = await db.selectFrom('refunds').selectAll().where('paymentId', '=', this.id).execute();
    const refunds = all.filter(({ duplicate }) => duplicate === 0);
    const givenBack = all.filter(({ duplicate }) => duplicate === 1);
    assert.ok(givenBack.every(({ status }) => status === 'succeeded'));
    if (payment.paidAt !== null && payment.status !== 'failed') {
      assert.equal(givenBack.length, Math.max(0, paidBills.length - 1), 'every second charge is given back');
    }
    // Refunds in the dashboard leave too little for these until a person resolves them.
    const waiting = refunds.filter(({ status, requests }) => status === 'pending' && requests === 0);
    if (waiting.length > 0) {
      assert.ok(this.#elsewhere > 0 && (await this.#mayBeOut()) > AMOUNT, 'a refund waits for nothing else');
    }
    if (endedBefore && money.statusBefore === 'canceled' && payment.onLate === 'refund') {
      assert.ok(payment.status === 'refunded' || waiting.length > 0, 'money that was to be given back is');
    }
    const heard = all.filter((refund) => !waiting.includes(refund));
    const sum = heard
      .filter(({ duplicate }) => duplicate === 0)
      .filter(({ status }) => status !== 'failed')
      .reduce((total, { amount }) => total + amount, 0);
    assert.ok(sum <= AMOUNT, `refunds of ${sum}`);
    assert.equal(payment.refundedAmount, sum, 'every begun refund was carried to its end');
    assert.equal(payment.status === 'refunded', sum === AMOUNT);
    for (const { id, amount } of heard) assert.equal(provider.refunds.get(id), amount);
    for (const { id } of waiting) assert.equal(provider.refunds.get(id), undefined);

    const attention = await findOpenAttention(db, this.id);
    const doubted = attention.flatMap((row) => (row.reason === 'refund_contradicted' ? row.refundId! : []));
    assert.deepEqual(doubted.sort(), [...this.#contradicted].sort(), 'each contradiction is told, once');

    const notifications = await db
      .selectFrom('deliveries')
      .select('event')
      .where('paymentId', '=', this.id)
      .orderBy('seq')
      .execute();
    const told = notifications.filter(({ event }) => event !== 'payment.attention');
    const expected = changes.flatMap(({ event, statusBefore, statusAfter }) => {
      if (event === 'refund.succeeded') return [event];
      if (event === 'payment.renewed') return [event];
      return statusBefore !== statusAfter ? [`payment.${statusAfter}`] : [];
    });
    assert.deepEqual(
      told.map(({ event }) => event),
      expected,
      'each change is told to the merchant once',
    );
  }
}

/** Event sequences that once broke an invariant. */
const LEARNED_FROM: [Happening[], boolean][] = [
  // Late money on a code that the bank had reported as expired when the payer chose another method.
  [
    [
      { kind: 'choose', method: 'sberpay' },
      { kind: 'bank', status: 'expired', attempt: 0, told: false },
      { kind: 'bank', status: 'failed', attempt: 1, told: false },
      { kind: 'look' },
      { kind: 'bank', status: 'paid', attempt: 0, told: false },
    ],
    false,
  ],
  // Most of the money was refunded in the dashboard. At most the rest may follow.
  [
    [
      { kind: 'bank', status: 'paid', attempt: 0, told: true },
      { kind: 'cabinet', amount: 6_667 },
      { kind: 'refund', amount: 7_000 },
      { kind: 'refund', amount: null },
      { kind: 'contradiction', which: 0 },
      { kind: 'refund', amount: 1 },
    ],
    false,
  ],
];

describe('a payment in any order of events', () => {
  it(`keeps its invariants in ${RUNS} random sequences`, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(happening, { maxLength: 14 }), fc.boolean(), async (happenings, restarts) => {
        await nextLedger();
        ledger.provider.down = 'no';
        const payment = await ledger.createPayment({
          expiresAt: ledger.time + LIFETIME_MS,
          callbackUrl: 'http://127.0.0.1:9/never',
          methods: ['sbp', 'sberpay'],
        });
        const life = new Life(payment.id);
        await life.live({ kind: 'choose', method: 'sbp' });
        for (const event of happenings) await life.live(event);
        if (restarts && happenings.length > 12) await life.live({ kind: 'restart' });
        await life.settle();
        await life.check();
      }),
      { numRuns: RUNS, examples: LEARNED_FROM },
    );
  });
});
