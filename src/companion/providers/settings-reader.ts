import { createPrivateKey, createPublicKey, X509Certificate } from 'node:crypto';
import type { EnvReader } from '../env/env-reader.ts';
import { pemObjection, withLineBreaks, type PemKind } from '../env/pem.ts';
import { formObjection } from '../env/secret-form.ts';
import { objectionToConfigured } from '../outbound/address-guard.ts';

/** Reads the settings of providers: addresses, credentials, keys. Collects mistakes instead of throwing. */
export class SettingsReader {
  readonly env: EnvReader;
  readonly #development: boolean;
  readonly #objected = new Set<string>();

  constructor(env: EnvReader, development: boolean) {
    this.env = env;
    this.#development = development;
  }

  /**
   * Returns the address of a provider's API with `path` at its end, whether the setting includes `path` or not. Without
   * a trailing slash.
   */
  url(name: string, path: string): string {
    const address = this.env.required(name, 'the address of the provider’s API').replace(/\/+$/, '');
    const objection = address === '' ? null : objectionToConfigured(address, this.#development);
    if (objection !== null) this.env.mistake(`${name} ${objection}`);
    else if (/[?#]/.test(address)) this.env.mistake(`${name} must have no query and no fragment`);
    return address.endsWith(path) ? address : `${address}${path}`;
  }

  /** Returns a credential: printable ASCII that is sent in a header. */
  credential(name: string, what: string): string {
    const value = this.env.required(name, what);
    const objection = formObjection(value);
    if (objection !== null) this.env.mistake(`${name} ${objection}`);
    return value;
  }

  /** Returns a public RSA key as PEM, from PEM or bare base64 (SPKI). `null` when the variable is not set. */
  publicKey(name: string): string | null {
    const value = this.#pem(name, 'public key');
    if (value === null) return null;
    const pem = value.includes('-----')
      ? value
      : `-----BEGIN PUBLIC KEY-----\n${value.replace(/\s/g, '')}\n-----END PUBLIC KEY-----\n`;
    this.#check(name, 'must be a public RSA key, in PEM or base64', () => isRsa(createPublicKey(pem)));
    return pem;
  }

  /** Returns a private RSA key in PEM; `null` when the variable is not set. */
  privateKey(name: string): string | null {
    const value = this.#pem(name, 'private key');
    if (value === null) return null;
    this.#check(name, 'must be a private RSA key in PEM', () => isRsa(createPrivateKey(value)));
    return value;
  }

  /** Returns the private key of a certificate, of any algorithm, in PEM; `null` when the variable is not set. */
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

  /**
   * Returns a PEM text; `null` when the variable is not set. Notes a mistake when the BEGIN and END lines are wrong.
   */
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
    // A more exact mistake of this variable is already noted.
    if (this.#objected.has(name)) return;
    try {
      if (holds()) return;
    } catch {
      // falls through: the text cannot be parsed
    }
    this.env.mistake(`${name} ${demand}`);
  }
}

function isRsa({ asymmetricKeyType }: { asymmetricKeyType?: string | undefined }): boolean {
  return asymmetricKeyType === 'rsa';
}
