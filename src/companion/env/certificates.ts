import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../outbound/client.ts';

/** A certificate that calls to a provider depend on. */
export interface ConfiguredCertificate {
  /** The variable that holds it. */
  readonly setting: string;
  /** Unix time in ms from which on, and until which, all in the PEM are valid. */
  readonly validFrom: number;
  readonly validTo: number;
}

/** The settings of the providers that authenticate by certificate. */
interface Settings {
  readonly sberbank: {
    readonly identity: TlsIdentity | null;
  } | null;
}

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/** All certificates of the configuration. A PEM with a whole chain counts as valid while every one in it is. */
export function certificatesOf({ sberbank }: Settings): ConfiguredCertificate[] {
  const { cert = null, ca = null } = sberbank?.identity ?? {};
  return [
    { setting: 'SBP_SBERBANK_CERT', pem: cert },
    { setting: 'SBP_SBERBANK_CA', pem: ca },
  ].flatMap(({ setting, pem }) => {
    const chain = (pem?.match(PEM) ?? []).map((each) => new X509Certificate(each));
    if (chain.length === 0) return [];
    return [
      {
        setting,
        validFrom: Math.max(...chain.map(({ validFrom }) => Date.parse(validFrom))),
        validTo: Math.min(...chain.map(({ validTo }) => Date.parse(validTo))),
      },
    ];
  });
}
