import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import * as v from 'valibot';
import { faultless } from './schemas.ts';

type PemKind = 'certificate' | 'private key' | 'public key';

/** A certificate in PEM. */
export const certificate = pem(
  'certificate',
  'must be a certificate in PEM',
  (text) => new X509Certificate(text).raw.length > 0,
);

/** The private key of a certificate, of any algorithm, in PEM. */
export const certificateKey = pem(
  'private key',
  'must be a private key in PEM',
  (text) => createPrivateKey(text).type === 'private',
);

/** A private RSA key in PEM. */
export const rsaPrivateKey = pem(
  'private key',
  'must be a private RSA key in PEM',
  (text) => createPrivateKey(text).asymmetricKeyType === 'rsa',
);

/** A public RSA key in PEM or as bare base64 (SPKI). The value is PEM. */
export const rsaPublicKey = pem(
  'public key',
  'must be a public RSA key, in PEM or base64',
  (text) => createPublicKey(text).asymmetricKeyType === 'rsa',
);

function pem(kind: PemKind, demand: string, isReadable: (text: string) => boolean) {
  return v.pipe(
    v.string(),
    v.transform(withLineBreaks),
    faultless((text) => pemFault(text, kind)),
    v.transform((text) => (text.includes('-----') ? text : framed(text))),
    v.check((text) => {
      try {
        return isReadable(text);
      } catch {
        return false;
      }
    }, demand),
  );
}

/** Freepayment's dashboard shows a public key as bare base64. */
function framed(base64: string): string {
  return `-----BEGIN PUBLIC KEY-----\n${base64.replace(/\s/g, '')}\n-----END PUBLIC KEY-----\n`;
}

const BEGIN = /-----BEGIN ([A-Z0-9 ]+)-----/;

/** Turns `\n` and the doubly escaped `\\n` into line breaks. A PEM itself never contains a backslash. */
function withLineBreaks(text: string): string {
  return text.replace(/\\+r/g, '').replace(/\\+n/g, '\n');
}

/** Returns the fault of a text that should be a PEM; `null` if it looks like one of this kind. */
function pemFault(text: string, kind: PemKind): string | null {
  if (/^["'`]/.test(text)) return 'is in quotes: remove them (env files of Docker and systemd keep them)';
  const label = BEGIN.exec(text)?.[1];
  if (label === undefined) {
    return kind === 'public key'
      ? null
      : `is no PEM: its first line, between dashes, is missing. It must be a ${kind} in PEM`;
  }
  if (label.includes('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return 'is encrypted with a password, which no setting can name: decrypt it (openssl pkey -in key.pem -out plain.pem), and keep the file 0600';
  }
  const found = kindOf(label);
  if (found !== null && found !== kind) return `holds a ${found}, where the ${kind} belongs`;
  if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(text)) {
    return (
      'has lost its line breaks (a folded text, ">" in YAML, turns them into spaces): keep them ("|" in YAML), write \\n for each, ' +
      'or name the file in the variable with _FILE'
    );
  }
  if (!text.includes(`-----END ${label}-----`)) return `is cut off: -----END ${label}----- is missing`;
  return null;
}

function kindOf(label: string): PemKind | null {
  if (label.endsWith('PRIVATE KEY')) return 'private key';
  if (label.endsWith('PUBLIC KEY')) return 'public key';
  return label.endsWith('CERTIFICATE') ? 'certificate' : null;
}

/** Returns the fault of a file in DER or PKCS#12, which are binary; `null` for any other bytes. */
export function binaryFault(bytes: Buffer): string | null {
  // DER begins with a sequence whose length takes more than one byte. No text begins like this.
  if (bytes[0] !== 0x30 || bytes[1] === undefined || bytes[1] < 0x80) return null;
  // PKCS#12 begins with its version, 3.
  if (bytes.subarray(2, 9).includes(Buffer.from([0x02, 0x01, 0x03]))) {
    return (
      'is in PKCS#12 (.p12, .pfx): extract certificate and key (openssl pkcs12 -in x.p12 -clcerts -nokeys -out cert.pem; ' +
      'openssl pkcs12 -in x.p12 -nocerts -nodes -out key.pem)'
    );
  }
  return 'is in DER, which is binary: write it as PEM (openssl x509 -inform der -out cert.pem; openssl pkey -inform der -out key.pem)';
}
