import type { SettingsReader } from '../settings-reader.ts';

export const CHANNELS = ['app', 'web', 'mobile_web'] as const;
export type Channel = (typeof CHANNELS)[number];
/** `init`: one call creates and starts the session; `create`: two calls do. */
export const FLOWS = ['init', 'create'] as const;

export interface SmartGlocalSettings {
  /** Ends in `/api/v1`, without a trailing slash. */
  readonly baseUrl: string;
  readonly project: string;
  /** Signs our calls (PEM). */
  readonly privateKey: string;
  /** The provider's key, which verifies its webhooks (PEM). */
  readonly publicKey: string;
  /** It is not documented which channel a QR code on a desktop needs. */
  readonly channel: Channel;
  readonly flow: (typeof FLOWS)[number];
  /**
   * The path of refunds, appended to the base address. Not in the document at hand; the default is what a public SDK of
   * the same platform calls.
   */
  readonly refundPath: string;
  /**
   * True in test mode: no money moves. Set by `SBP_SMART_GLOCAL_TEST`, or by the address of the provider's
   * demonstration.
   */
  readonly test: boolean;
}

/** The provider's published host for demonstrations. */
const DEMO_HOST = 'demo.smart-glocal.com';

export function readSmartGlocalSettings(reader: SettingsReader): SmartGlocalSettings {
  const required = (name: string, value: string | null, what: string): string => {
    if (value === null) reader.env.mistake(`${name} is required: ${what} (or ${name}_FILE)`);
    return value ?? '';
  };
  const baseUrl = reader.url('SBP_SMART_GLOCAL_URL', '/api/v1');
  const test = reader.env.flag('SBP_SMART_GLOCAL_TEST');
  return {
    baseUrl,
    project: reader.credential('SBP_SMART_GLOCAL_PROJECT', 'the project’s name at the provider'),
    privateKey: required(
      'SBP_SMART_GLOCAL_PRIVATE_KEY',
      reader.privateKey('SBP_SMART_GLOCAL_PRIVATE_KEY'),
      'the RSA key that signs our calls',
    ),
    publicKey: required(
      'SBP_SMART_GLOCAL_PUBLIC_KEY',
      reader.publicKey('SBP_SMART_GLOCAL_PUBLIC_KEY'),
      'the provider’s RSA key, which verifies its webhooks',
    ),
    channel: reader.env.oneOf('SBP_SMART_GLOCAL_CHANNEL', CHANNELS, 'mobile_web'),
    flow: reader.env.oneOf('SBP_SMART_GLOCAL_FLOW', FLOWS, 'init'),
    refundPath: readPath(reader, 'SBP_SMART_GLOCAL_REFUND_PATH', '/session/refund'),
    test: test || URL.parse(baseUrl)?.hostname === DEMO_HOST,
  };
}

function readPath({ env }: SettingsReader, name: string, fallback: string): string {
  const path = env.text(name, fallback);
  if (!/^(?:\/[\w.-]+)+$/.test(path)) env.mistake(`${name} must be a path such as ${fallback}`);
  return path;
}
