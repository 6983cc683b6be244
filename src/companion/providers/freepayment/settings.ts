import type { SettingsReader } from '../settings-reader.ts';
import { VARIANTS, type Variant } from './variants.ts';

export interface FreepaymentSettings {
  /** Ends in `/beyag`, without a trailing slash. The host is not documented. */
  readonly baseUrl: string;
  readonly shopId: string;
  readonly secretKey: string;
  /**
   * Verifies the signature of webhooks (PEM). `null` when webhooks come with the shop's HTTP Basic credentials instead.
   */
  readonly publicKey: string | null;
  readonly variant: Variant;
  /** True in test mode: no money moves. */
  readonly test: boolean;
  /**
   * True to repeat a refund request whose response was lost. The acquirer does not document that the second request is
   * the same refund. Defaults to false: such a refund waits for its webhook.
   */
  readonly repeatRefunds: boolean;
}

export function readFreepaymentSettings(reader: SettingsReader): FreepaymentSettings {
  const shopId = reader.credential('SBP_FREEPAYMENT_SHOP_ID', 'the shop’s id at the acquirer');
  if (shopId.includes(':')) {
    reader.env.mistake('SBP_FREEPAYMENT_SHOP_ID must have no colon: HTTP Basic ends the name there');
  }
  return {
    baseUrl: reader.url('SBP_FREEPAYMENT_URL', '/beyag'),
    shopId,
    secretKey: reader.credential('SBP_FREEPAYMENT_SECRET_KEY', 'the shop’s secret key at the acquirer'),
    publicKey: reader.publicKey('SBP_FREEPAYMENT_PUBLIC_KEY'),
    variant: reader.env.oneOf('SBP_FREEPAYMENT_VARIANT', VARIANTS, 'SY'),
    test: reader.env.flag('SBP_FREEPAYMENT_TEST'),
    repeatRefunds: reader.env.flag('SBP_FREEPAYMENT_REPEAT_REFUNDS'),
  };
}

/** The shop's HTTP Basic credentials, as the value of an `Authorization` header. */
export function basicAuth({ shopId, secretKey }: Pick<FreepaymentSettings, 'shopId' | 'secretKey'>): string {
  return `Basic ${Buffer.from(`${shopId}:${secretKey}`).toString('base64')}`;
}
