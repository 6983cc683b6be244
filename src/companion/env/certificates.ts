import { X509Certificate } from 'node:crypto';
import type { TlsIdentity } from '../outbound/client.ts';

/** A certificate that calls to a provider need. */
export interface ConfiguredCertificate {
  /** The name of its variable. */
  readonly setting: string;
  /** Unix time in ms. All certificates of the PEM are valid between `validFrom` and `validTo`. */
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

/** Returns the certificates of the configuration. A PEM with a chain is valid while every certificate in it is. */
export function readCertificates({ sberbank }: Settings): ConfiguredCertificate[] {
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
