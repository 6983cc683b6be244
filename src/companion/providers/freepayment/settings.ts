import * as v from 'valibot';
import { rsaPublicKey } from '../../env/pem.ts';
import { apiAddress, credential, flag, oneOf, variable } from '../../env/schemas.ts';
import { VARIANTS } from './variants.ts';

export type FreepaymentSettings = Readonly<v.InferOutput<ReturnType<typeof freepaymentSettings>>>;

export function freepaymentSettings(development: boolean) {
  return v.object({
    /** Ends with `/beyag`. The acquirer does not document the host. */
    baseUrl: variable('SBP_FREEPAYMENT_URL', apiAddress('/beyag', development)),
    shopId: variable(
      'SBP_FREEPAYMENT_SHOP_ID',
      v.pipe(
        credential('the shop’s id at the acquirer'),
        v.excludes(':', 'must have no colon: HTTP Basic ends the name there'),
      ),
    ),
    secretKey: variable('SBP_FREEPAYMENT_SECRET_KEY', credential('the shop’s secret key at the acquirer')),
    /** Verifies its webhooks (PEM). `null`: webhooks carry the shop's own HTTP Basic credentials instead. */
    publicKey: variable('SBP_FREEPAYMENT_PUBLIC_KEY', v.nullable(rsaPublicKey)),
    variant: variable('SBP_FREEPAYMENT_VARIANT', oneOf(VARIANTS, 'SY')),
    /** Test mode: no money moves. */
    test: variable('SBP_FREEPAYMENT_TEST', flag),
    /**
     * True if a refund is requested again when its response was lost. The acquirer does not document that it recognizes the
     * second request. Without this, such a refund waits for its webhook.
     */
    repeatRefunds: variable('SBP_FREEPAYMENT_REPEAT_REFUNDS', flag),
  });
}

/** The shop's HTTP Basic credentials, as the value of an `Authorization` header. */
export function basicAuth({ shopId, secretKey }: Pick<FreepaymentSettings, 'shopId' | 'secretKey'>): string {
  return `Basic ${Buffer.from(`${shopId}:${secretKey}`).toString('base64')}`;
}
