import type { SettingsReader } from '../settings-reader.ts';

/** The acquirer's four ways behind one API; each wants other fields of its payer and lives for its own time. */
export const VARIANTS = ['SY', 'BC', 'IZ', 'MT'] as const;
export type Variant = (typeof VARIANTS)[number];

export interface FreepaymentSettings {
  /** With its `/beyag`, without a trailing slash. */
  readonly baseUrl: string;
  readonly shopId: string;
  readonly secretKey: string;
  /** Signs its webhooks (PEM); `null`: they come with the shop's own HTTP Basic credentials instead. */
  readonly publicKey: string | null;
  readonly variant: Variant;
  /** Test mode: no money moves. */
  readonly test: boolean;
}

export function readFreepaymentSettings(reader: SettingsReader): FreepaymentSettings {
  return {
    baseUrl: reader.url('SBP_FREEPAYMENT_URL', '/beyag'),
    shopId: reader.credential('SBP_FREEPAYMENT_SHOP_ID', 'the shop’s id at the acquirer'),
    secretKey: reader.credential('SBP_FREEPAYMENT_SECRET_KEY', 'the shop’s secret key at the acquirer'),
    publicKey: reader.publicKey('SBP_FREEPAYMENT_PUBLIC_KEY'),
    variant: reader.env.oneOf('SBP_FREEPAYMENT_VARIANT', VARIANTS, 'SY'),
    test: reader.env.flag('SBP_FREEPAYMENT_TEST'),
  };
}
