import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { EnvReader } from '../env/env-reader.ts';
import { pemObjection, withLineBreaks, type PemKind } from '../env/pem.ts';
import { formObjection } from '../env/secret-form.ts';
import { objectionToConfigured } from '../outbound/address-guard.ts';

/** Reads what providers are told: addresses, credentials, keys. Mistakes are noted, not thrown. */
export class SettingsReader {
  readonly env: EnvReader;
  readonly #development: boolean;
  readonly #objected = new Set<string>();

  constructor(env: EnvReader, development: boolean) {
    this.env = env;
    this.#development = development;
  }

  /** The address of a provider's API. Given with or without `path`, answered with it; no trailing slash. */
  url(name: string, path: string): string {
    const address = this.env.required(name, 'the address of the provider’s API').replace(/\/+$/, '');
    const objection = address === '' ? null : objectionToConfigured(address, this.#development);
    if (objection !== null) this.env.mistake(`${name} ${objection}`);
    else if (/[?#]/.test(address)) this.env.mistake(`${name} must have no query and no fragment`);
    return address.endsWith(path) ? address : `${address}${path}`;
  }

  /** Printable ASCII that goes into a header. */
  credential(name: string, what: string): string {
    const value = this.env.required(name, what);
    const objection = formObjection(value);
    if (objection !== null) this.env.mistake(`${name} ${objection}`);
    return value;
  }

  /** A public RSA key in PEM, or as bare base64 (SPKI), as PEM; `null` when it is not set. */
  publicKey(name: string): string | null {
    const value = this.#pem(name, 'public key');
    if (value === null) return null;
    const pem = value.includes('-----')
      ? value
      : `-----BEGIN PUBLIC KEY-----\n${value.replace(/\s/g, '')}\n-----END PUBLIC KEY-----\n`;
    this.#check(name, 'must be a public RSA key, in PEM or base64', () => isRsa(createPublicKey(pem)));
    return pem;
  }

  /** A private RSA key in PEM. */
  privateKey(name: string): string | null {
    const value = this.#pem(name, 'private key');
    if (value === null) return null;
    this.#check(name, 'must be a private RSA key in PEM', () => isRsa(createPrivateKey(value)));
    return value;
  }

  /** The private key of a certificate, of whatever kind. */
  certificateKey(name: string): string | null {
    const value = this.#pem(name, 'private key');
    if (value === null) return null;
    this.#check(name, 'must be a private key in PEM', () => createPrivateKey(value).type === 'private');
    return value;
  }

  certificate(name: string): string | null {
    const value = this.#pem(name, 'certificate');
    if (value === null) return null;
    this.#check(name, 'must be a certificate in PEM', () => new X509Certificate(value).raw.length > 0);
    return value;
  }

  /** A text in PEM whose frame is right; `null` when it is not set, and with a mistake noted when the frame is not right. */
  #pem(name: string, kind: PemKind): string | null {
    const value = this.env.optional(name);
    if (value === null) return null;
    const pem = withLineBreaks(value);
    const objection = pemObjection(pem, kind);
    if (objection !== null) this.#objected.add(name);
    if (objection !== null) this.env.mistake(`${name} ${objection}`);
    return pem;
  }

  #check(name: string, demand: string, holds: () => boolean): void {
    // A more exact fault of this variable was named before.
    if (this.#objected.has(name)) return;
    try {
      if (holds()) return;
    } catch {
      // falls through: it could not even be read
    }
    this.env.mistake(`${name} ${demand}`);
  }
}

function isRsa({ asymmetricKeyType }: { asymmetricKeyType?: string | undefined }): boolean {
  return asymmetricKeyType === 'rsa';
}
