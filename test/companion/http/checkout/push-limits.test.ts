import assert from 'node:assert/strict';
import { after, before, it, mock } from 'node:test';
import { PushLimits } from '../../../../src/companion/http/checkout/push-limits.ts';
import { ProblemError } from '../../../../src/companion/http/plumbing/problems.ts';
import type { Payment } from '../../../../src/companion/payments/model/payment.ts';
import { Ledger } from '../../../support/ledger.ts';

let ledger: Ledger;
let payment: Payment;
before(async () => {
  ledger = await Ledger.open();
  payment = await ledger.createPayment();
});
after(() => ledger.close());

it('a tap too many in a minute uses nothing of the day up', () => {
  let now = 0;
  const clock = mock.method(performance, 'now', () => now);
  try {
    const limits = new PushLimits(ledger.ctx);
    const isSent = (): boolean => {
      try {
        limits.count(payment, '79990001122');
        return true;
      } catch (error) {
        assert.ok(error instanceof ProblemError);
        return false;
      }
    };
    let sent = 0;
    for (let minute = 0; minute < 30; minute++, now += 60_000)
      for (let tap = 0; tap < 20; tap++) if (isSent()) sent++;
    assert.equal(sent, 10);
  } finally {
    clock.mock.restore();
  }
});

it('a message that no provider was asked for is given back, by the minute and by the day', () => {
  const limits = new PushLimits(ledger.ctx);
  for (let sent = 0; sent < 30; sent++) {
    limits.count(payment, '79990003344');
    limits.giveBack(payment, '79990003344');
  }
  for (let sent = 0; sent < 3; sent++) limits.count(payment, '79990003344');
  assert.throws(() => limits.count(payment, '79990003344'), ProblemError);
});
