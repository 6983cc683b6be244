/** A link into one bank: its app by scheme or Android intent, or its web bank. */
export interface BankLink {
  readonly kind: 'scheme' | 'intent' | 'web';
  readonly url: string;
}

/** One bank, with links made for this payment and this payer's platform. */
export interface Bank {
  readonly id: string;
  readonly name: string;
  readonly logo_url: string | null;
  /** Other names the payer may search by. */
  readonly aliases: readonly string[];
  /** The link to tap first. */
  readonly url: string;
  readonly links: readonly BankLink[];
}

export const PLATFORMS = ['ios', 'android', 'desktop'] as const;
export type Platform = (typeof PLATFORMS)[number];

export interface BankList {
  readonly platform: Platform;
  /** In NSPK's order: the largest first. */
  readonly banks: readonly Bank[];
}
