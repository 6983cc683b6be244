import { createPublicKey, createSign, createVerify, generateKeyPairSync } from 'node:crypto';

/** The two pairs behind `X-PARTNER-SIGN`: the project's, which signs calls, and the system's own, which signs webhooks. */
export class PartnerKeys {
  readonly #own = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #project = generateKeyPairSync('rsa', { modulusLength: 2048 });
  readonly #projectPublic = createPublicKey(this.#project.privateKey);

  /** What a companion is told of them, in PEM. */
  get told(): { readonly privateKey: string; readonly publicKey: string } {
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
