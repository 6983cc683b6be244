/** Freepayment's messages, in the form of the published examples. */
import { randomBytes } from 'node:crypto';
import { withCrc } from '../../src/protocol/nspk-link.ts';
import type { CreateRequest, Variant } from './freepayment-requests.ts';
import type { Bill } from './simulator.ts';

export interface Form {
  readonly action: string;
  readonly method: 'GET' | 'POST';
  readonly fields: readonly { readonly name: string; readonly value: string; readonly type: 'hidden' }[];
}

export interface FreepaymentBill extends Bill {
  readonly request: CreateRequest;
  readonly form: Form;
  readonly createdAt: string;
}

export interface FreepaymentRefund {
  readonly uid: string;
  readonly bill: FreepaymentBill;
  /** Kopecks. */
  readonly amount: number;
  readonly reason: string;
  readonly createdAt: string;
  status: 'pending' | 'successful' | 'failed';
}

const STATUSES: Readonly<Record<Bill['status'], string>> = {
  created: 'pending',
  processing: 'pending',
  paid: 'successful',
  failed: 'failed',
  expired: 'expired',
  canceled: 'deleted',
  partial_refunded: 'successful',
  refunded: 'successful',
};
const IFRAME: Readonly<Partial<Record<Variant, boolean>>> = { BC: true, IZ: true, MT: false };

export function paymentView({ id, request, status, form, createdAt }: FreepaymentBill, variant: Variant) {
  const { phone, email, country } = request.customer ?? {};
  const { amount, currency, description, test = false, tracking_id, language, ip } = request;
  const state = STATUSES[status];
  const iframe = IFRAME[variant];
  return {
    transaction: {
      uid: id,
      type: 'payment',
      status: state,
      amount,
      currency,
      description,
      created_at: createdAt,
      updated_at: new Date().toISOString(),
      method_type: 'sbp',
      receipt_url: receiptOf(id),
      payment: { status: state, gateway_id: 1234, message: `Transaction is ${state}.`, bank_code: 0 },
      sbp: { type: 'sbp' },
      customer: {
        email: email ?? null,
        ...(phone && { phone }),
        ...(country && { country }),
        ip: ip ?? null,
      },
      manually_corrected_at: null,
      message: `Transaction is ${state}.`,
      tracking_id,
      test,
      ...(language === undefined ? {} : { language }),
      additional_data: { payment_method: { type: 'alternative' } },
      ...(iframe === undefined ? {} : { gateway: { iframe } }),
      ...(state === 'pending' ? { form } : {}),
    },
  };
}

export function refundView({ uid, bill, amount, reason, status, createdAt }: FreepaymentRefund) {
  const message = `Transaction is ${status}.`;
  return {
    transaction: {
      uid,
      parent_uid: bill.id,
      type: 'refund',
      status,
      reason,
      created_at: createdAt,
      updated_at: new Date().toISOString(),
      method_type: 'sbp',
      receipt_url: receiptOf(uid),
      refund: { status, ref_id: '16192', message, bank_code: 0 },
      manually_corrected_at: null,
      message,
      amount,
      test: bill.request.test ?? false,
      additional_data: { payment_method: { type: 'alternative' } },
    },
  };
}

/** Returns how the payer reaches `page`, where this variant is paid: a link, or a form that is posted there. */
export function formOf(variant: Variant, { amount, customer }: CreateRequest, page: string | null): Form {
  if (variant === 'IZ') {
    const values = {
      amount: `${Math.floor(amount / 100)}.${String(amount % 100).padStart(2, '0')}`,
      amountcurr: 'RUB',
      currency: 'EXT',
      number: randomBytes(16).toString('hex'),
      trtype: '1',
      phone: customer?.phone ?? '',
      email: customer?.email ?? '',
      signature: randomBytes(20).toString('hex').toUpperCase(),
    };
    const fields = Object.entries(values).map(([name, value]) => ({ name, value, type: 'hidden' as const }));
    return { action: page ?? '', method: 'POST', fields };
  }
  return { action: page ?? nspkLink(variant, amount), method: 'GET', fields: [] };
}

function nspkLink(variant: Variant, amount: number): string {
  const id = `${variant === 'BC' ? 'BS' : 'AD'}${randomBytes(15).toString('hex').toUpperCase()}`;
  const bare = `https://qr.nspk.ru/${id}`;
  return variant === 'SY' ? withCrc(`${bare}?type=02&bank=100000000017&sum=${amount}&cur=RUB`) : bare;
}

function receiptOf(uid: string): string {
  return `https://account.freepayment.example/customer/transactions/${uid}/${randomBytes(32).toString('hex')}`;
}
