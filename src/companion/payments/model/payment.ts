import type { Method, Presentation } from '../../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { Customer, PaymentRef } from '../../providers/provider.ts';
import type { ProviderName } from '../../env/provider-names.ts';
import type { OnLate, PaymentRow } from '../../store/schema.ts';

/** A payment as the companion thinks of it. Times are unix ms, money is kopecks. */
export interface Payment {
  readonly seq: number;
  readonly id: string;
  readonly orderId: string;
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly status: PaymentStatus;
  /** It was paid when it had expired or been canceled: the payer has seen it end. See {@link isLate} for the merchant's word. */
  readonly late: boolean;
  /** Created in test mode: no money moves, whatever is reported. Never changes. */
  readonly test: boolean;
  readonly version: number;
  /** `null`, like `provider` and `reference`, while the payer has several on offer and has not chosen. */
  readonly method: Method | null;
  readonly methods: readonly Method[];
  readonly provider: ProviderName | null;
  /** The attempt on offer: its id at the provider. */
  readonly reference: string | null;
  readonly providerPaymentId: string | null;
  readonly qrId: string | null;
  readonly presentation: Presentation;
  /** Where the provider shows the payer's receipt. */
  readonly receiptUrl: string | null;
  readonly returnUrl: string | null;
  readonly callbackUrl: string | null;
  readonly customer: Customer;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly lifetime: number;
  readonly refundedAmount: number;
  /** When the shop's time to pay is up; `expiresAt` is the same or, where the provider's offer is shorter, earlier. */
  readonly deadline: number;
  readonly expiresAt: number;
  readonly createdAt: number;
  readonly updatedAt: number;
  /** When the time to pay was first up. */
  readonly firstExpiredAt: number | null;
  /** Whether the merchant lets the payer begin anew after expiry. */
  readonly renewable: boolean;
  /** The merchant's wish for money that comes after a cancel. */
  readonly onLate: OnLate;
  readonly paidAt: number | null;
  /** Tries to ask the provider since something last happened; after the end: since the last answer. */
  readonly checks: number;
  /** Questions answered, in vain, since something last happened. */
  readonly answers: number;
  /** How many it has had so far, the one on offer among them. */
  readonly attempts: number;
  /** The payer's scanned code, while the provider has not answered its charge. */
  readonly chargePayload: string | null;
  /** Its personal data is gone, and its token opens nothing any more. */
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

/** A payment whose method is chosen: there is an attempt on offer. */
export interface OfferedPayment extends Payment {
  readonly method: Method;
  readonly provider: ProviderName;
  readonly reference: string;
}

/** The payer's code is still to be scanned: until then nothing is asked of a provider. */
export function isUnscanned({ status, presentation, chargePayload }: Payment): boolean {
  return status === 'created' && presentation.kind === 'scan' && chargePayload === null;
}

export function isOffered(payment: Payment): payment is OfferedPayment {
  return payment.reference !== null;
}

/** Whether money has come after an end, renewed or not: what the merchant is told. */
export function isLate({ paidAt, late, firstExpiredAt }: Payment): boolean {
  return paidAt !== null && (late || firstExpiredAt !== null);
}

/** Whether money that comes now is to be given back: the merchant has canceled, and has asked for that. */
export function wantsLateBack({ status, onLate }: Payment): boolean {
  return status === 'canceled' && onLate === 'refund';
}

/** The attempt on offer, as its provider knows it. */
export function refOf(payment: OfferedPayment): PaymentRef {
  const { reference, providerPaymentId, method, amount, currency } = payment;
  return { reference, providerPaymentId, method, amount, currency };
}

/** Whether the provider says that this payment is of another kind, test or real, than ours. */
export function contradictsTest(
  { test }: Pick<Payment, 'test'>,
  report: { readonly test?: boolean | null },
): boolean {
  return (report.test ?? test) !== test;
}
