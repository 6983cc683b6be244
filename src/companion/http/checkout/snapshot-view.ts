import type { Device, Snapshot } from '../../../protocol/snapshot.ts';
import type { Context } from '../../payments/context.ts';
import { actionsFor } from './allowed-actions.ts';
import { failureOf } from './failure.ts';
import type { Payment } from '../../payments/model/payment.ts';

/** Returns the snapshot of a payment for its payer's page on this device. */
export function snapshotView(ctx: Context, payment: Payment, device: Device): Snapshot {
  return {
    version: payment.version,
    payment_id: payment.id,
    order_id: payment.orderId,
    amount: payment.amount,
    currency: payment.currency,
    description: payment.description,
    merchant: { name: ctx.config.merchantName, logo_url: null },
    status: payment.status,
    failure: failureOf(payment),
    late: payment.late,
    test: payment.test,
    sandbox: isSandbox(ctx, payment),
    paid_at: payment.paidAt === null ? null : new Date(payment.paidAt).toISOString(),
    refunded_amount: payment.refundedAmount,
    method: payment.method,
    methods: payment.methods,
    presentation: payment.presentation,
    device,
    expires_at: new Date(payment.expiresAt).toISOString(),
    now: new Date(ctx.now()).toISOString(),
    return_url: payment.returnUrl,
    receipt_url: payment.receiptUrl,
    actions: actionsFor(ctx, payment),
  };
}

/** True if the payment can only go to the sandbox, where no money moves. An acquirer's test mode does not count. */
function isSandbox({ config }: Pick<Context, 'config'>, { test, provider, methods }: Payment): boolean {
  const providers = provider === null ? methods.map((method) => config.methods[method]) : [provider];
  return test && providers.every((name) => name === 'sandbox');
}
