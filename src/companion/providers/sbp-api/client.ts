import * as v from 'valibot';
import { sanitizeForLog } from '../../lib/logging.ts';
import type { OutboundClient } from '../../outbound/client.ts';
import { NoUsableResponse, StillProcessing, ProviderHttp, type HttpResponse } from '../provider-http.ts';
import { ProviderError } from '../provider.ts';
import { unreadableFields } from '../../lib/unreadable-fields.ts';
import { refusalSchema } from './messages.ts';
import type { SbpApiSettings } from './settings.ts';

/** The upstream refused the call itself. `code` is the upstream's problem code. */
export class UpstreamRefusal extends ProviderError {
  readonly status: number;
  readonly code: string | null;
  /** The invalid fields. */
  readonly paths: readonly string[];
  constructor(status: number, code: string | null, detail: string | null, paths: readonly string[]) {
    const reason = sanitizeForLog([code, detail].filter(Boolean).join(': '));
    super('refused', `the upstream refused: ${status} ${reason}`.trim(), { reason });
    this.status = status;
    this.code = code;
    this.paths = paths;
  }
}

export interface Call {
  readonly method: 'GET' | 'POST';
  /** Under `/api/sbp/v1`. */
  readonly path: string;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/** Calls to an SBP API. Every call may be repeated: it has an idempotency key, only reads, or only closes. */
export class SbpApiClient {
  readonly #token: string;
  readonly #http: ProviderHttp;

  constructor({ settings, outbound }: { settings: SbpApiSettings; outbound: OutboundClient }) {
    this.#token = settings.token;
    this.#http = new ProviderHttp({
      baseUrl: settings.baseUrl,
      outbound,
      name: 'the upstream',
      keySettings: 'SBP_SBP_API_TOKEN',
      secrets: [settings.token],
    });
  }

  /** Returns the response as `schema` reads it. Throws {@link UpstreamRefusal}, or a {@link ProviderError} `unavailable`. */
  call<Schema extends v.GenericSchema>(
    { method, path, body, idempotencyKey }: Call,
    schema: Schema,
  ): Promise<v.InferOutput<Schema>> {
    const headers = {
      authorization: `Bearer ${this.#token}`,
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    };
    return this.#http.call(
      {
        method,
        path,
        headers,
        repeatable: true,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      },
      (response) => {
        if (response.status >= 300) throw toProviderError(response);
        const parsed = v.safeParse(schema, response.json);
        if (parsed.success) return parsed.output;
        const fields = unreadableFields(parsed.issues);
        throw new NoUsableResponse(
          `the upstream's response cannot be read (${response.status}): ${fields}`,
          true,
        );
      },
    );
  }
}

function toProviderError({ status, json }: HttpResponse): ProviderError {
  const refusal = v.safeParse(refusalSchema, json);
  if (!refusal.success) return new NoUsableResponse(`the upstream returned ${status}`, false);
  const { code, detail, errors } = refusal.output;
  // The first call with this key is still being processed. A conflict without a code may mean the same.
  if (status === 409 && (code === null || code === 'idempotency_key_in_use')) {
    return new StillProcessing('the upstream is still processing this call');
  }
  return new UpstreamRefusal(
    status,
    code,
    detail,
    errors.map(({ path }) => path),
  );
}
