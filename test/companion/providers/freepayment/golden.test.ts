import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { Customer } from '../../../../src/companion/providers/provider.ts';
import {
  answering,
  NOW,
  payment,
  published,
  request,
  ScriptedAcquirer,
  WEBHOOK_URL,
} from '../../../support/freepayment.ts';

const MINUTE_MS = 60_000;

/** The result of each published response. */
const OFFERS = [
  { variant: 'SY', lifetime: null, qrId: 'AD10006L6KIM6I7784A993TVF4QJ9JCE' },
  { variant: 'BC', lifetime: 60 * MINUTE_MS, qrId: 'BS10000LE9UMVMG79SARVEE105HKATPO' },
  { variant: 'IZ', lifetime: 15 * MINUTE_MS, qrId: null },
  { variant: 'MT', lifetime: 15 * MINUTE_MS, qrId: 'AD100066PTMO2TOG8S1B64I8GGMR32GR' },
] as const;

describe("Freepayment's published messages", () => {
  let acquirer: ScriptedAcquirer;
  before(async () => {
    acquirer = await ScriptedAcquirer.start();
  });
  after(() => acquirer.stop());

  for (const { variant, lifetime, qrId } of OFFERS) {
    it(`of ${variant} match our requests, and are understood`, async () => {
      const name = variant.toLowerCase();
      const sample = published(`${name}.request`)['request']!;
      const answer = published(`${name}.response`)['transaction']!;
      const reference = (sample['tracking_id'] as string | undefined) ?? request.reference;
      acquirer.trick = answering({ transaction: answer });
      acquirer.calls.length = 0;

      const offer = await acquirer.provider({ variant }).create({
        ...request,
        reference,
        amount: sample['amount'] as number,
        description: sample['description'] as string,
        returnUrl: sample['return_url'] as string,
        customer: {
          ...(sample['customer'] as Customer | undefined),
          ...(sample['ip'] === undefined ? {} : { ip: sample['ip'] as string }),
        },
      });

      const expected = { ...sample, test: false, tracking_id: reference, notification_url: WEBHOOK_URL };
      // The payer's address is not known.
      Reflect.deleteProperty(expected, 'language');
      assert.deepEqual(JSON.parse(acquirer.calls[0]!.body), { request: expected });
      const form = answer['form'] as { action: string; fields: { type: string }[] };
      assert.deepEqual(offer, {
        providerPaymentId: answer['uid'],
        qrId,
        presentation:
          variant === 'IZ'
            ? { kind: 'form', action: form.action, http_method: 'POST', fields: form.fields, iframe: true }
            : { kind: 'link', url: form.action, deep_link: null },
        expiresAt: lifetime === null ? null : NOW + lifetime,
        test: false,
        receiptUrl: answer['receipt_url'],
      });
    });
  }

  it('of a refund match our requests, and are understood', async () => {
    const sample = published('bc-refund.request')['request']!;
    const answer = published('bc-refund.response')['transaction']!;
    acquirer.trick = answering({ transaction: answer });
    acquirer.calls.length = 0;
    const refund = await acquirer.provider({ variant: 'BC' }).refund({
      payment: { ...payment, providerPaymentId: sample['parent_uid'] as string },
      refundId: 'rfd_ABCDEFGHIJKLMNOPQRST',
      providerRefundId: null,
      repeated: false,
      amount: sample['amount'] as number,
      reason: sample['reason'] as string,
    });
    // Our id of the refund, then the shop's text.
    const reason = `Возврат rfd_ABCDEFGHIJKLMNOPQRST: ${String(sample['reason'])}`;
    assert.deepEqual(JSON.parse(acquirer.calls[0]!.body), { request: { ...sample, reason } });
    assert.equal(acquirer.calls[0]!.path, '/beyag/transactions/refunds');
    assert.deepEqual(refund, { status: 'pending', providerRefundId: answer['uid'], test: false });
  });
});
