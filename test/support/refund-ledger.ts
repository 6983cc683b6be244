import { receiveWebhook } from '../../src/companion/payments/reports/receive-webhook.ts';
import { findOpenAttention } from '../../src/companion/payments/model/attention.ts';
import { createRefund } from '../../src/companion/payments/refunds/create-refund.ts';
import { findRefund } from '../../src/companion/payments/refunds/refund-rows.ts';
import { RefundRefused } from '../../src/companion/payments/refunds/refundable.ts';
import { findRefundBalance } from '../../src/companion/payments/refunds/refund-balance.ts';
import {
  resolveAttention,
  type Resolution,
} from '../../src/companion/payments/lifecycle/resolve-attention.ts';
import type { RefundReport } from '../../src/companion/providers/provider.ts';
import type { AttentionRow, RefundRow } from '../../src/companion/store/schema.ts';
import { AMOUNT, Ledger } from './ledger.ts';

/** A ledger whose provider returns the refund id `theirs <our id>` and the status `nextStatus` for each refund. */
export class RefundLedger {
  readonly ledger: Ledger;
  nextStatus: 'pending' | 'succeeded' | 'failed' = 'succeeded';
  #reports = 0;

  private constructor(ledger: Ledger) {
    this.ledger = ledger;
    ledger.provider.refund = async ({ refundId }) => {
      await Promise.resolve();
      return { status: this.nextStatus as 'succeeded', providerRefundId: providerIdOf(refundId) };
    };
  }

  static async open(): Promise<RefundLedger> {
    return new RefundLedger(await Ledger.open());
  }

  close(): Promise<void> {
    return this.ledger.close();
  }

  async paid(): Promise<string> {
    const { id } = await this.ledger.createPayment();
    await this.ledger.tell(id, 'paid', AMOUNT);
    return id;
  }

  refund(paymentId: string, amount: number | null): Promise<RefundRow> {
    return createRefund(this.ledger.ctx, { paymentId, amount, reason: null }, () => Promise.resolve());
  }

  /** Returns the code of the refusal; `null` when the refund is accepted. */
  async refusal(paymentId: string, amount: number | null): Promise<string | null> {
    try {
      await this.refund(paymentId, amount);
      return null;
    } catch (error) {
      if (error instanceof RefundRefused) return error.code;
      throw error;
    }
  }

  /** Sends a signed webhook about a refund: of ours (`of` is our id) or another one (`name` is the provider's id). */
  reportRefund(
    paymentId: string,
    status: RefundReport['status'],
    refund: { of?: string; name?: string; amount?: number | null },
  ): Promise<string> {
    const providerRefundId = refund.name ?? providerIdOf(refund.of!);
    const report = { refundId: null, providerRefundId, amount: refund.amount ?? null, status };
    const event = `refund.${status}`;
    const nothing = { status: null, amount: null, currency: null };
    const deliveryId = `refund ${++this.#reports}`;
    const delivery = { ...nothing, deliveryId, event, reference: paymentId, refund: report };
    return receiveWebhook(this.ledger.ctx, { provider: 'sandbox', delivery, body: Buffer.from('{}') });
  }

  async findRefund(refundId: string): Promise<RefundRow> {
    return (await findRefund(this.ledger.ctx.store.read, refundId))!;
  }

  openAttention(paymentId: string): Promise<AttentionRow[]> {
    return findOpenAttention(this.ledger.ctx.store.read, paymentId);
  }

  /** Resolves the only open attention. */
  async resolve(
    paymentId: string,
    outcome: Resolution['outcome'],
    amount: number | null = null,
  ): Promise<void> {
    const [open, ...more] = await this.openAttention(paymentId);
    if (!open || more.length > 0)
      throw new Error(`expected one open attention, found ${more.length + (open ? 1 : 0)}`);
    const resolution = { outcome, amount, note: null };
    await resolveAttention(this.ledger.ctx, { paymentId, attentionId: open.id, resolution }, () =>
      Promise.resolve(),
    );
  }

  /** Returns `[status, refunded kopecks, kopecks left]`. */
  async sums(paymentId: string): Promise<[string, number, number]> {
    const payment = await this.ledger.paymentOf(paymentId);
    const { left } = await findRefundBalance(this.ledger.ctx.store.read, payment);
    return [payment.status, payment.refundedAmount, left];
  }

  /** Returns the events of the merchant's webhooks, without `payment.paid`. */
  async webhookEvents(paymentId: string): Promise<string[]> {
    const rows = await this.ledger.ctx.store.read
      .selectFrom('deliveries')
      .select('event')
      .where('paymentId', '=', paymentId)
      .where('event', '<>', 'payment.paid')
      .orderBy('seq')
      .execute();
    return rows.map(({ event }) => event);
  }
}

function providerIdOf(refundId: string): string {
  return `theirs ${refundId}`;
}
