import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { bankReport } from '../../support/bank-report.ts';
import { startCompanion, type CreatedPayment, type TestCompanion } from '../../support/companion.ts';
import { changedRows, dumpDatabase } from '../../support/database-dump.ts';
import { refusalOf } from '../../support/refusal.ts';

/** The clock stands still, so that only calls change the database. */
const NOW = Date.UTC(2026, 5, 15, 12);
const AMOUNT = 125_000;

let shop: TestCompanion;
before(async () => {
  shop = await startCompanion({}, { now: () => NOW });
});
after(() => shop.stop());

interface Shown {
  status: string;
  qr_id: string;
  refunded_amount: number;
  events: { event: string; note: string | null }[];
}

const paymentOf = async (id: string) => (await (await shop.api(`/payments/${id}`)).json()) as Shown;
const post = (path: string, json: unknown = {}) => shop.api(path, { json });
const payers = (action: 'renew' | 'cancel', { token }: CreatedPayment) =>
  fetch(`${shop.url}/checkout/v1/session/${action}`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}` },
  });

/** Creates a payment and applies the actions to it, by the sandbox's API or by other calls. */
async function paymentThat(...actions: string[]): Promise<CreatedPayment> {
  const payment = await shop.createPayment();
  for (const action of actions) {
    if (action === 'cancel') await post(`/payments/${payment.payment_id}/cancel`);
    else if (action === 'renew') assert.equal((await payers('renew', payment)).status, 200);
    else if (action === 'refund') await post('/refunds', { payment_id: payment.payment_id });
    else assert.equal((await shop.sandbox(payment.payment_id, action)).status, 200, action);
  }
  return payment;
}

async function refused(what: string, call: () => Promise<Response>, status: number, code: string) {
  const stored = dumpDatabase(shop.databaseFile);
  const problem = await refusalOf(await call(), what);
  assert.deepEqual([problem.status, problem.code], [status, code], what);
  assert.deepEqual(changedRows(stored, dumpDatabase(shop.databaseFile)), [], what);
  return problem;
}

describe('money back', () => {
  it('is refused where none came in, says why, and changes nothing', async () => {
    const ways: Record<string, CreatedPayment> = {
      created: await paymentThat(),
      processing: await paymentThat('process'),
      expired: await paymentThat('expire'),
      canceled: await paymentThat('cancel'),
      failed: await paymentThat('decline'),
      refunded: await paymentThat('pay', 'refund'),
    };
    for (const [status, { payment_id }] of Object.entries(ways)) {
      for (const order of [{ payment_id }, { payment_id, amount: 1 }]) {
        const { detail } = await refused(status, () => post('/refunds', order), 409, 'not_paid');
        assert.ok(detail.includes(status), detail);
      }
    }
    await refused('nobody', () => post('/refunds', { payment_id: 'pay_nobody' }), 404, 'payment_not_found');
    await refused('no id', () => post('/refunds', { amount: 1 }), 422, 'invalid_fields');
    const { qr_id, token } = await paymentThat('pay');
    for (const payment_id of [qr_id, token.slice(0, 64)]) {
      await refused('another id', () => post('/refunds', { payment_id }), 404, 'payment_not_found');
    }
  });

  it('never exceeds what is left, which the refusal tells', async () => {
    const { payment_id } = await paymentThat('pay');
    assert.equal((await post('/refunds', { payment_id, amount: 100_000 })).status, 201);
    for (const amount of [25_001, AMOUNT, AMOUNT + 1, Number.MAX_SAFE_INTEGER]) {
      const order = { payment_id, amount };
      const { errors } = await refused(`${amount}`, () => post('/refunds', order), 422, 'invalid_fields');
      assert.deepEqual([errors![0]!.path, errors![0]!.message.includes(' 25000 ')], ['amount', true]);
    }
    const asked = await Promise.all(
      Array.from({ length: 20 }, () => post('/refunds', { payment_id, amount: null })),
    );
    assert.deepEqual(asked.map(({ status }) => status).filter((status) => status === 201).length, 1);
    assert.ok(asked.every(({ status }) => [201, 409, 422].includes(status)));
    const { status, refunded_amount } = await paymentOf(payment_id);
    assert.deepEqual([status, refunded_amount], ['refunded', AMOUNT]);
  });
});

describe('the end of a payment', () => {
  it('comes once, however often and by whomever it is asked for', async () => {
    const payment = await paymentThat();
    const { payment_id, qr_id } = payment;
    const ends = [
      () => post(`/payments/${payment_id}/cancel`),
      () => post(`/qrs/${qr_id}/close`),
      () => post(`/qrs/${payment_id}/close`),
      () => post(`/payments/${payment_id}/cancel`),
    ];
    const answers = await Promise.all(ends.map((end) => end()));
    for (const end of ends) answers.push(await end());
    assert.deepEqual(
      answers.map(({ status }) => status),
      Array(8).fill(200),
    );
    const { events } = await paymentOf(payment_id);
    assert.deepEqual(
      events.map(({ event }) => event),
      ['payment.created', 'payment.offered', 'payment.canceled'],
    );
    const again = await payers('cancel', payment);
    assert.ok([200, 409].includes(again.status));
  });

  it('calls an expired payment off for good, and is refused where it is over', async () => {
    const { payment_id: expired } = await paymentThat('expire');
    const answer = await post(`/payments/${expired}/cancel`);
    assert.deepEqual([answer.status, ((await answer.json()) as Shown).status], [200, 'canceled']);
    for (const actions of [['pay'], ['decline'], ['pay', 'refund']]) {
      const payment = await paymentThat(...actions);
      for (const path of [`/payments/${payment.payment_id}/cancel`, `/qrs/${payment.qr_id}/close`]) {
        await refused(`${actions.join()} ${path}`, () => post(path), 409, 'not_cancelable');
      }
      await refused(`${actions.join()} by its payer`, () => payers('cancel', payment), 409, 'not_cancelable');
      await refused(`${actions.join()} renewed`, () => payers('renew', payment), 409, 'not_renewable');
    }
    await refused('nobody’s', () => post('/qrs/AD0000/close'), 404, 'payment_not_found');
  });

  it('is that of the whole payment, also by the code that a renewal has replaced', async () => {
    const { payment_id, qr_id: old } = await paymentThat('expire', 'renew');
    const { status, qr_id } = await paymentOf(payment_id);
    assert.equal(status, 'created');
    assert.notEqual(qr_id, old);
    const closed = (await (await post(`/qrs/${old}/close`)).json()) as Shown;
    assert.deepEqual([closed.status, closed.qr_id], ['canceled', qr_id]);
    assert.equal((await post(`/qrs/${qr_id}/close`)).status, 200);
    assert.equal(
      (await shop.sandbox(payment_id, 'process')).status,
      409,
      'its new code is closed at the bank',
    );
  });
});

describe('odd money', () => {
  it('can be seen in the payment’s history, in the log and in the metrics', async () => {
    const shortPaid = await paymentThat();
    await bankReport(shop.url, { payment_id: shortPaid.payment_id, status: 'paid', amount: AMOUNT - 1 }, NOW);
    const failed = await paymentThat('decline');
    await bankReport(shop.url, { payment_id: failed.payment_id, status: 'paid' }, NOW);
    const twice = await paymentThat('expire', 'renew');
    await bankReport(shop.url, { payment_id: twice.payment_id, status: 'paid' }, NOW);
    await bankReport(shop.url, { payment_id: `${twice.payment_id}-2`, status: 'paid' }, NOW);
    const metrics = await (
      await fetch(`${shop.url}/metrics`, { headers: { authorization: 'Bearer test-api-key-0123456789' } })
    ).text();
    for (const [{ payment_id }, status, note] of [
      [shortPaid, 'created', 'amount_mismatch'],
      [failed, 'failed', 'paid_after_failure'],
      [twice, 'paid', 'paid_twice'],
    ] as const) {
      const payment = await paymentOf(payment_id);
      assert.equal(payment.status, status);
      assert.equal(payment.events.filter((event) => event.note === note).length, 1, note);
      const warnings = shop
        .logs()
        .split('\n')
        .filter((one) => one.includes(`"reason":"${note}"`) && one.includes(payment_id))
        .map((one) => JSON.parse(one) as { level: number; msg: string });
      assert.deepEqual(
        warnings.map(({ level, msg }) => [level, msg]),
        [[40, 'payment needs attention']],
      );
      assert.match(
        metrics,
        new RegExp(`sbp_provider_webhooks_total\\{provider="sandbox",result="${note}"\\} 1`),
      );
    }
  });
});
