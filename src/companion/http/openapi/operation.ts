import type { GenericSchema } from 'valibot';
import type { ProblemCode } from '../problem-codes.ts';

/** One route, as the reference shows it. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly security: 'apiKey' | 'paymentToken' | 'none';
  readonly body?: GenericSchema;
  /** What may stand behind `?`. */
  readonly query?: Readonly<Record<string, GenericSchema>>;
  readonly headers?: readonly HeaderName[];
  readonly answers: readonly Answer[];
  readonly refusals: readonly ProblemCode[];
}

export interface Answer {
  readonly status: number;
  /** A schema for JSON, the media type of anything else, `null` for no body. */
  readonly body: GenericSchema | 'text/event-stream' | 'text/plain' | 'image/*' | null;
}

/** Request headers that mean something to a route. */
export const HEADERS = {
  'Idempotency-Key': {
    description: 'A repeat under the same key with the same body gets the same answer.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
  'X-Idempotency-Key': {
    description: 'Idempotency-Key under another name; one of them is enough.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' },
  },
  'Last-Event-ID': {
    description: 'The newest version that the page has: only newer ones are sent.',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
  },
} as const;

export type HeaderName = keyof typeof HEADERS;
