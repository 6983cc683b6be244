import type { PaymentStatus } from './status.ts';

/** The payment methods. */
export const METHODS = ['sbp', 'sberpay', 'buyer_qr'] as const;
export type Method = (typeof METHODS)[number];

/** The actions that the payer may take now. The widget offers no others. */
export const ACTIONS = ['method', 'push', 'renew', 'cancel', 'buyer_qr', 'check'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Why a payment failed: `declined` when the bank refused it, `unavailable` when the payment system did not accept it and
 * no bank was asked.
 */
export const FAILURES = ['declined', 'unavailable'] as const;
export type Failure = (typeof FAILURES)[number];

export const DEVICE_TYPES = ['mobile', 'tablet', 'desktop'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** The device by the payer's User-Agent and client hints, as the server reads them. The widget corrects it (see browser/device.ts). */
export interface Device {
  readonly type: DeviceType;
  /** `iOS`, `Android`, `Windows` … as ua-parser-js names them; `null` when unknown. */
  readonly os: string | null;
  readonly browser: string | null;
}

export interface FormField {
  readonly type: string;
  readonly name: string;
  readonly value: string;
}

/** The way to pay that the page shows. */
export type Presentation =
  /** The provider has no link yet. */
  | { readonly kind: 'pending' }
  /** `url` goes into the QR and to the banks, byte for byte. */
  | { readonly kind: 'link'; readonly url: string; readonly deep_link: string | null }
  /** A form to post. `iframe` is true if the target may be framed. */
  | {
      readonly kind: 'form';
      readonly action: string;
      readonly http_method: string;
      readonly fields: readonly FormField[];
      readonly iframe: boolean;
    }
  /** The payer shows a QR code, and this page scans it. */
  | { readonly kind: 'scan' };

/**
 * Returns true if the payer may renew the payment: the backend allows it, and the status says that no money has moved.
 */
export function isRenewable({ status, actions }: Pick<Snapshot, 'status' | 'actions'>): boolean {
  return (status === 'expired' || status === 'failed') && actions.includes('renew');
}

/** One payment as its payer may see it. Stream, poll and resync all deliver this object. */
export interface Snapshot {
  /** Grows by one with each change. The widget drops snapshots that are not newer. */
  readonly version: number;
  readonly payment_id: string;
  readonly order_id: string;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly merchant: { readonly name: string; readonly logo_url: string | null };
  readonly status: PaymentStatus;
  /** `null` when the payment has not failed or the reason is unknown. */
  readonly failure: Failure | null;
  /** True if the payment was paid after its expiry or after a cancel. */
  readonly late: boolean;
  /** True if the payment was created in test mode. Every screen says so. */
  readonly test: boolean;
  /** True for a test payment at the sandbox, where no money can move. */
  readonly sandbox: boolean;
  /** ISO 8601. `null` before the payment is paid. */
  readonly paid_at: string | null;
  /** Kopecks refunded so far. */
  readonly refunded_amount: number;
  /** `null` when several methods are offered and none is chosen. */
  readonly method: Method | null;
  readonly methods: readonly Method[];
  readonly presentation: Presentation;
  readonly device: Device | null;
  /** ISO 8601. */
  readonly expires_at: string;
  /** ISO 8601: the server's clock when this snapshot was sent. Countdowns use it instead of the page's clock. */
  readonly now: string;
  readonly return_url: string | null;
  /** The address of the payer's receipt. */
  readonly receipt_url: string | null;
  readonly actions: readonly Action[];
}
