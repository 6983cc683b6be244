import type { GenericSchema } from 'valibot';
import type { ProblemCode } from '../plumbing/problem-codes.ts';

/** One route, as the reference shows it. */
export interface Operation {
  readonly method: 'get' | 'post';
  readonly path: string;
  readonly summary: string;
  readonly security: 'apiKey' | 'paymentToken' | 'none';
  readonly body?: GenericSchema;
  /** The call does without a body, too. */
  readonly bodyOptional?: true;
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

const KEY = { type: 'string', minLength: 1, maxLength: 255, pattern: '^[\\x21-\\x7e]+$' } as const;

/** Request headers that mean something to a route. */
export const HEADERS = {
  'Idempotency-Key': {
    description:
      'A repeat of this call (route, parameters and body) under the same key gets the same answer.',
    schema: KEY,
  },
  'X-Idempotency-Key': { description: 'Another spelling of Idempotency-Key: send one of them.', schema: KEY },
  'Idempotence-Key': { description: 'Another spelling of Idempotency-Key: send one of them.', schema: KEY },
  'Last-Event-ID': {
    description: 'The newest version that the page has: only newer ones are sent.',
    schema: { type: 'string', pattern: '^\\d{1,15}$' },
  },
} as const;

export type HeaderName = keyof typeof HEADERS;
