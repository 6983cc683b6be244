import type { Method, Presentation } from '../../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Customer, PaymentRef } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { OnLate, PaymentRow } from '../../store/schema.ts';

/** A payment as the companion uses it. Times are unix ms, money is kopecks. */
export interface Payment {
  readonly seq: number;
  readonly id: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly status: PaymentStatus;
  /** True if the money came after an `expired` or `canceled` that the payer has seen. The merchant gets {@link isLate}. */
  readonly late: boolean;
  /** True if created in test mode: no money moves, whatever a provider reports. Never changes. */
  readonly test: boolean;
  readonly version: number;
  /** `null`, like `provider` and `reference`, while the payer has not chosen one of several methods. */
  readonly method: Method | null;
  readonly methods: readonly Method[];
  readonly provider: ProviderName | null;
  /** Our id of the offered attempt: the one that the payer can pay now. */
  readonly reference: string | null;
  readonly providerPaymentId: string | null;
  readonly qrId: string | null;
  readonly presentation: Presentation;
  /** The address of the payer's receipt at the provider. */
  readonly receiptUrl: string | null;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly customer: Customer;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lifetime: number;
  readonly refundedAmount: number;
  /** The end of the shop's time to pay. `expiresAt` is the same, or earlier if the provider's time is shorter. */
  readonly deadline: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the payment first expired; `null` if it never did. */
  readonly firstExpiredAt: number | null;
  /** True if the merchant lets the payer renew the payment after it has expired. */
  readonly renewable: boolean;
  /** The merchant's choice for money that arrives after a cancel. */
  readonly onLate: OnLate;
  readonly paidAt: number | null;
  /** Polls since the last change, answered or not; after the end: since the last answer. */
  readonly checks: number;
  /** Polls since the last change that were answered and changed nothing. */
  readonly answers: number;
  /** The number of attempts so far, with the offered one. */
  readonly attempts: number;
  /** The payer's scanned code, until the provider has answered its charge. */
  readonly chargePayload: string | null;
  /** True if the personal data is erased. The token opens nothing any more. */
  readonly erased: boolean;
}

export function toPayment(row: PaymentRow): Payment {
  return {
    seq: row.seq,
    id: row.id,
    orderId: row.orderId,
    amount: row.amount,
    currency: row.currency,
    description: row.description,
    status: row.status,
    late: row.late === 1,
    test: row.test === 1,
    version: row.version,
    method: row.method,
    methods: JSON.parse(row.methodsJson) as Method[],
    provider: row.provider,
    reference: row.reference,
    providerPaymentId: row.providerPaymentId,
    qrId: row.qrId,
    presentation: JSON.parse(row.presentationJson) as Presentation,
    receiptUrl: row.receiptUrl,
    returnUrl: row.returnUrl,
    callbackUrl: row.callbackUrl,
    customer: JSON.parse(row.customerJson) as Customer,
    metadata: JSON.parse(row.metadataJson) as Record<string, unknown>,
    lifetime: row.lifetime,
    refundedAmount: row.refundedAmount,
    deadline: row.deadline,
    expiresAt: row.expiresAt,
    createdAt: row.createdAt,
    updatedAt: row.updatedAt,
    firstExpiredAt: row.firstExpiredAt,
    renewable: row.renewable === 1,
    onLate: row.onLate,
    paidAt: row.paidAt,
    checks: row.checks,
    answers: row.answeredChecks,
    attempts: row.attempts,
    chargePayload: row.chargePayload,
    erased: row.erasedAt !== null,
  };
}

/** A payment whose method is chosen: it offers an attempt. */
export interface OfferedPayment extends Payment {
  readonly method: Method;
  readonly provider: ProviderName;
  readonly reference: string;
}

/** True if the payer's code is still to be scanned. Until then no provider is called. */
export function isUnscanned({ status, presentation, chargePayload }: Payment): boolean {
  return status === 'created' && presentation.kind === 'scan' && chargePayload === null;
}

export function isOffered(payment: Payment): payment is OfferedPayment {
  return payment.reference !== null;
}

/** True if the money came after an end, even if a renewal followed that end. The merchant gets this as `late`. */
export function isLate({ paidAt, late, firstExpiredAt }: Payment): boolean {
  return paidAt !== null && (late || firstExpiredAt !== null);
}

/** True if money that comes now must be given back: the merchant has canceled the payment and asked for that. */
export function wantsLateBack({ status, onLate }: Payment): boolean {
  return status === 'canceled' && onLate === 'refund';
}

/** Returns the offered attempt as its provider knows it. */
export function refOf(payment: OfferedPayment): PaymentRef {
  const { reference, providerPaymentId, method, amount, currency } = payment;
  return { reference, providerPaymentId, method, amount, currency };
}

/** True if the provider reports a test for our real payment, or a real payment for our test. */
export function contradictsTest(
  { test }: Pick<Payment, 'test'>,
  report: { readonly test?: boolean | null },
): boolean {
  return (report.test ?? test) !== test;
}
