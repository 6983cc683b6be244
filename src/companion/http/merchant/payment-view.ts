import type { Context } from '../../payments/context.ts';
import { isLate, type Payment } from '../../payments/model/payment.ts';
import { payableUntil } from '../../payments/model/payable-until.ts';
import { hostedPage } from '../../payments/model/hosted-page.ts';
import { qrPng, qrSvg } from '../pages/qr-image.ts';
import type { Extras } from './payment-request.ts';
import { renewableUntil } from '../../payments/lifecycle/renew.ts';
import type { AttentionRow, PaymentEventRow } from '../../store/schema.ts';
import { fallbackHtml } from './fallback-html.ts';

/** Returns a payment as the merchant API shows it. */
export async function paymentView(ctx: Context, payment: Payment) {
  const renewable = renewableUntil(ctx, payment);
  const payable = await payableUntil(ctx, payment);
  const link = payment.presentation.kind === 'link' ? payment.presentation : null;
  return {
    payment_id: payment.id,
    order_id: payment.orderId,
    status: payment.status,
    late: isLate(payment),
    test: payment.test,
    amount: payment.amount,
    refunded_amount: payment.refundedAmount,
    currency: payment.currency,
    description: payment.description,
    method: payment.method,
    methods: payment.methods,
    qr_id: payment.qrId,
    qr_payload: link?.url ?? null,
    payment_url: hostedPage(ctx, payment.id),
    token: ctx.tokens.issue(payment.id),
    receipt_url: payment.receiptUrl,
    return_url: payment.returnUrl,
    callback_url: payment.callbackUrl,
    expires_at: iso(payment.expiresAt),
    renewable_until: renewable === null ? null : iso(renewable),
    payable_until: payable === null ? null : iso(payable),
    created_at: iso(payment.createdAt),
    paid_at: payment.paidAt === null ? null : iso(payment.paidAt),
    metadata: payment.metadata,
  };
}

/** Returns the response of a create: the payment with its QR image, its fallback and, if requested, its deep link. */
export async function createdView(ctx: Context, payment: Payment, { qr, deepLink, locale }: Extras) {
  const view = await paymentView(ctx, payment);
  const link = payment.presentation.kind === 'link' ? payment.presentation : null;
  return {
    ...view,
    ...(qr.format === 'svg'
      ? { qr_svg: link && qrSvg(link.url, qr.size) }
      : { qr_png: (link && qrPng(link.url, qr.size)?.toString('base64')) ?? null }),
    fallback_html: fallbackHtml(view, { merchantName: ctx.config.merchantName, locale }),
    ...(deepLink ? { deep_link: link?.deep_link ?? null } : {}),
  };
}

/** Returns an attention as the merchant API shows it. */
export function attentionView(row: AttentionRow) {
  return {
    attention_id: row.id,
    payment_id: row.paymentId,
    reason: row.reason,
    reference: row.reference,
    refund_id: row.refundId,
    provider_refund_id: row.providerRefundId,
    reported_amount: row.reportedAmount,
    reported_currency: row.reportedCurrency,
    opened_at: iso(row.openedAt),
    resolved_at: row.resolvedAt === null ? null : iso(row.resolvedAt),
    outcome: row.outcome,
    note: row.note,
  };
}

export function eventView(event: PaymentEventRow) {
  return {
    event: event.event,
    status_before: event.statusBefore,
    status: event.statusAfter,
    version: event.version,
    source: event.source,
    note: event.note,
    attention: event.attentionJson === null ? null : (JSON.parse(event.attentionJson) as object),
    created_at: iso(event.createdAt),
  };
}

function iso(ms: number): string {
  return new Date(ms).toISOString();
}
