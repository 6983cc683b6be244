/** The kind of PEM that a variable holds. */
export type PemKind = 'certificate' | 'private key' | 'public key';

const BEGIN = /-----BEGIN ([A-Z0-9 ]+)-----/;

/** Line breaks that were spelled out, `\n`, and once more escaped on their way here, `\\n`. No PEM has a backslash of its own. */
export function withLineBreaks(text: string): string {
  return text.replace(/\\+r/g, '').replace(/\\+n/g, '\n');
}

/** Returns the fault of a text that should be a PEM, as a predicate of its variable; `null` if it looks like one of this kind. */
export function pemObjection(text: string, kind: PemKind): string | null {
  if (/^["'`]/.test(text)) return 'is in quotes: remove them (env files of Docker and systemd keep them)';
  const label = BEGIN.exec(text)?.[1];
  if (label === undefined) {
    // Freepayment's cabinet shows a public key as bare base64.
    return kind === 'public key'
      ? null
      : `is no PEM: its first line, between dashes, is missing. It must be a ${kind} in PEM`;
  }
  if (label.includes('ENCRYPTED') || /^Proc-Type: 4,ENCRYPTED/m.test(text)) {
    return 'is encrypted with a password, for which there is no setting: decrypt it (openssl pkey -in key.pem -out plain.pem), and keep the file 0600';
  }
  const found = kindOf(label);
  if (found !== null && found !== kind) return `holds a ${found}, where the ${kind} belongs`;
  if (!/-----BEGIN [A-Z0-9 ]+-----[ \t]*\r?\n/.test(text)) {
    return (
      'has lost its line breaks (a folded text, ">" in YAML, makes spaces of them): keep them ("|" in YAML), write \\n for each, ' +
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

/** Returns the fault of a binary file in place of a PEM; `null` for bytes that are neither of these. */
export function binaryObjection(bytes: Buffer): string | null {
  // DER: a sequence whose length takes more than a byte. No text begins so.
  if (bytes[0] !== 0x30 || bytes[1] === undefined || bytes[1] < 0x80) return null;
  // Of PKCS#12 the first thing in it is its version, 3.
  if (bytes.subarray(2, 9).includes(Buffer.from([0x02, 0x01, 0x03]))) {
    return (
      'is in PKCS#12 (.p12, .pfx): take certificate and key out (openssl pkcs12 -in x.p12 -clcerts -nokeys -out cert.pem; ' +
      'openssl pkcs12 -in x.p12 -nocerts -nodes -out key.pem)'
    );
  }
  return 'is in DER, which is binary: write it as PEM (openssl x509 -inform der -out cert.pem; openssl pkey -inform der -out key.pem)';
}
