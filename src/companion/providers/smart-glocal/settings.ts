import * as v from 'valibot';
import { rsaPrivateKey, rsaPublicKey } from '../../env/pem.ts';
import { apiAddress, credential, flag, oneOf, required, textLike, variable } from '../../env/schemas.ts';

export const CHANNELS = ['app', 'web', 'mobile_web'] as const;
export type Channel = (typeof CHANNELS)[number];
/** `init`: one call creates and starts the session; `create`: two calls do. */
export const FLOWS = ['init', 'create'] as const;

/** The provider's published host for trials. */
const DEMO_HOST = 'demo.smart-glocal.com';

export type SmartGlocalSettings = Readonly<v.InferOutput<ReturnType<typeof smartGlocalSettings>>>;

export function smartGlocalSettings(development: boolean) {
  return v.pipe(
    v.object({
      /** Ends with `/api/v1`. */
      baseUrl: variable('SBP_SMART_GLOCAL_URL', apiAddress('/api/v1', development)),
      project: variable('SBP_SMART_GLOCAL_PROJECT', credential('the project’s name at the provider')),
      /** Signs our calls (PEM). */
      privateKey: variable(
        'SBP_SMART_GLOCAL_PRIVATE_KEY',
        v.pipe(required('the RSA key that signs our calls'), rsaPrivateKey),
      ),
      /** Verifies the provider's webhooks (PEM). */
      publicKey: variable(
        'SBP_SMART_GLOCAL_PUBLIC_KEY',
        v.pipe(required('the provider’s RSA key, which verifies its webhooks'), rsaPublicKey),
      ),
      /** The provider does not document which one a QR on a desktop needs. */
      channel: variable('SBP_SMART_GLOCAL_CHANNEL', oneOf(CHANNELS, 'mobile_web')),
      flow: variable('SBP_SMART_GLOCAL_FLOW', oneOf(FLOWS, 'init')),
      /**
       * Appended to the base address. Not documented; the default is the path that a public SDK of the same platform
       * calls.
       */
      refundPath: variable(
        'SBP_SMART_GLOCAL_REFUND_PATH',
        textLike(/^(?:\/[\w.-]+)+$/, 'path', '/session/refund'),
      ),
      /** No money moves. Also true at the provider's host for trials. */
      test: variable('SBP_SMART_GLOCAL_TEST', flag),
    }),
    v.transform((settings) => ({
      ...settings,
      test: settings.test || URL.parse(settings.baseUrl)?.hostname === DEMO_HOST,
    })),
  );
}
