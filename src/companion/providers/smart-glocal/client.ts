import { createPrivateKey, type KeyObject } from 'node:crypto';
import * as v from 'valibot';
import type { OutboundClient } from '../../outbound/client.ts';
import { NoUsableResponse, ProviderHttp } from '../provider-http.ts';
import { AnotherSession, KeyReplayed, readError } from './errors.ts';
import { sessionResponseSchema, type Session } from './messages.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import type { SmartGlocalSettings } from './settings.ts';
import { sign, SIGNATURE_HEADER } from './signature.ts';

export interface Call<Schema extends v.GenericSchema> {
  /** Under `/api/v1`. */
  readonly path: string;
  readonly body: object;
  /** The idempotency key of a call that changes something; `null` for a read. */
  readonly key: string | null;
  /** The schema of the response. */
  readonly responseSchema: Schema;
}

/**
 * Signed calls. Every call may be repeated: it has an idempotency key, or only reads. A repeat of a call that has
 * arrived throws {@link KeyReplayed} and never returns the first response.
 */
export class SmartGlocalClient {
  readonly #project: string;
  readonly #privateKey: KeyObject;
  readonly #http: ProviderHttp;

  constructor({ settings, outbound }: { settings: SmartGlocalSettings; outbound: OutboundClient }) {
    this.#project = settings.project;
    this.#privateKey = createPrivateKey(settings.privateKey);
    this.#http = new ProviderHttp({
      baseUrl: settings.baseUrl,
      outbound,
      name: 'Smart Glocal',
      keySettings: 'SBP_SMART_GLOCAL_PROJECT and SBP_SMART_GLOCAL_PRIVATE_KEY',
      secrets: [settings.privateKey],
    });
  }

  /** Throws {@link KeyReplayed}, or a {@link ProviderError}. */
  call<Schema extends v.GenericSchema>(call: Call<Schema>): Promise<v.InferOutput<Schema>> {
    const body = JSON.stringify(call.body);
    const headers = {
      'x-partner-project': this.#project,
      [SIGNATURE_HEADER]: sign(body, this.#privateKey),
      ...(call.key === null ? {} : { 'x-partner-idempotency-key': call.key }),
    };
    return this.#http.call(
      { method: 'POST', path: call.path, headers, body, repeatable: true },
      (response) => {
        const error = readError(response);
        if (error) throw error;
        const parsed = v.safeParse(call.responseSchema, response.json);
        if (parsed.success) return parsed.output;
        const fields = unreadableFields(parsed.issues);
        throw new NoUsableResponse(
          `Smart Glocal's response cannot be read (${response.status}): ${fields}`,
          true,
        );
      },
    );
  }

  /** Returns the session as it is now. */
  async session(id: string): Promise<Session> {
    const { session } = await this.call({
      path: '/session/status',
      body: { session_id: id },
      key: null,
      responseSchema: sessionResponseSchema,
    });
    if (session.id !== id) throw new AnotherSession();
    return session;
  }

  /** For calls whose response only says that they were carried out. A repeat of one counts as carried out. */
  async ensure(call: Omit<Call<v.GenericSchema>, 'responseSchema'>): Promise<void> {
    try {
      await this.call({ ...call, responseSchema: v.unknown() });
    } catch (error) {
      if (!(error instanceof KeyReplayed)) throw error;
    }
  }
}
