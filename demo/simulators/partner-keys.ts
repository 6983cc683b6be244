import { createPublicKey, createSign, createVerify, generateKeyPairSync } from 'node:crypto';

/** The two key pairs of `X-PARTNER-SIGN`: the project's signs calls, the payment system's signs webhooks. */
export class PartnerKeys {
  readonly #own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #project = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #projectPublic = createPublicKey(this.#project.privateKey);

  /** The keys for the companion's configuration, in PEM. */
  get companionKeys(): { readonly privateKey: string; readonly publicKey: string } {
    return {
      privateKey: this.#project.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
      publicKey: this.#own.publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    };
  }

  sign(body: string): string {
    return createSign('sha256').update(body).sign(this.#own.privateKey, 'base64');
  }

  isProjects(signature: unknown, body: string): boolean {
    if (typeof signature !== 'string') return false;
    return createVerify('sha256').update(body).verify(this.#projectPublic, signature, 'base64');
  }
}
