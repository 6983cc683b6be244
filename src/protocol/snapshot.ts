import type { PaymentStatus } from './status.ts';

/** What a payment can be paid by. */
export const METHODS = ['sbp', 'sberpay', 'buyer_qr'] as const;
export type Method = (typeof METHODS)[number];

/** What the payer may do now; the widget offers nothing else. */
export const ACTIONS = ['method', 'push', 'renew', 'cancel', 'buyer_qr', 'check'] as const;
export type Action = (typeof ACTIONS)[number];

/**
 * Why a payment failed, as far as it is known: the bank said no, or the payment system did not take the payment in the
 * first place, so that no bank has said anything.
 */
export const FAILURES = ['declined', 'unavailable'] as const;
export type Failure = (typeof FAILURES)[number];

export const DEVICE_TYPES = ['mobile', 'tablet', 'desktop'] as const;
export type DeviceType = (typeof DEVICE_TYPES)[number];

/** The server's reading of the payer's User-Agent and client hints; the widget corrects it by what it sees. */
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

/** How the payer is to be led to the payment. */
export type Presentation =
  /** The provider has no link yet. */
  | { readonly kind: 'pending' }
  /** `url` goes into the QR and to the banks, byte for byte. */
  | { readonly kind: 'link'; readonly url: string; readonly deep_link: string | null }
  /** A form to post; `iframe`: the target may be framed. */
  | {
      readonly kind: 'form';
      readonly action: string;
      readonly http_method: string;
      readonly fields: readonly FormField[];
      readonly iframe: boolean;
    }
  /** The payer shows a QR and this page scans it. */
  | { readonly kind: 'scan' };

/**
 * Whether the payer may begin anew: only where the backend lets them, and never where there is money, whatever it says.
 */
export function isRenewable({ status, actions }: Pick<Snapshot, 'status' | 'actions'>): boolean {
  return (status === 'expired' || status === 'failed') && actions.includes('renew');
}

/** One payment as its payer may see it. Stream, poll and resync all deliver this same object. */
export interface Snapshot {
  /** Grows by one at each change; anything not newer is dropped. */
  readonly version: number;
  readonly payment_id: string;
  readonly order_id: string;
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly description: string | null;
  readonly merchant: { readonly name: string; readonly logo_url: string | null };
  readonly status: PaymentStatus;
  /** `null` while it has not failed, and where nobody knows. */
  readonly failure: Failure | null;
  /** Paid after the time was up or after a cancel. */
  readonly late: boolean;
  /** Created in test mode: the page says so on every screen. */
  readonly test: boolean;
  /** A test at the sandbox, where it is certain that no money moves. */
  readonly sandbox: boolean;
  /** ISO 8601; `null` until then. */
  readonly paid_at: string | null;
  /** Kopecks given back so far. */
  readonly refunded_amount: number;
  /** `null` while several methods are on offer and none is chosen. */
  readonly method: Method | null;
  readonly methods: readonly Method[];
  readonly presentation: Presentation;
  readonly device: Device | null;
  /** ISO 8601. */
  readonly expires_at: string;
  /** ISO 8601, the server's clock when this snapshot was sent: countdowns start from it, not from the page's clock. */
  readonly now: string;
  readonly return_url: string | null;
  /** Where the payer's receipt is shown. */
  readonly receipt_url: string | null;
  readonly actions: readonly Action[];
}
