import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../context.ts';
import { findPriorCall, hashBody, keepAnswer, KeyTakenError, type Answer } from '../payments/idempotency.ts';
import { ProblemError } from './problems.ts';
import { withoutToken, withToken } from './stored-answer.ts';

export interface CallKey {
  readonly name: string;
  readonly bodyHash: string;
}

interface Call {
  begin(key: CallKey | null): Promise<Answer>;
  /** Carries what a crash cut off to its end. A call that may simply be repeated has none. */
  resume?(resourceId: string): Promise<Answer>;
}

/**
 * `Idempotency-Key` for POSTs: the same key with the same body gets the same answer, with another body 422, and
 * while the first call is at work 409. A call that a crash cut off is carried to its end by its repeat.
 */
export class IdempotentCalls {
  readonly #ctx: Context;
  /** Keys at work in this process: what the store holds unfinished beyond these, a crash left. */
  readonly #running = new Set<string>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async run(request: FastifyRequest, reply: FastifyReply, call: Call): Promise<Answer> {
    const key = readKey(request);
    if (key === null) return call.begin(null);
    const name = `${request.url.split('?', 1)[0]!} ${key}`;
    const bodyHash = hashBody(request.body);
    if (this.#running.has(name)) throw inUse();
    this.#running.add(name);
    try {
      const prior = await findPriorCall(this.#ctx, name, bodyHash);
      if (prior.kind === 'mismatch') {
        throw new ProblemError(
          422,
          'idempotency_key_reused',
          'This Idempotency-Key came with another body before: use a new key for a new request.',
        );
      }
      if (prior.kind === 'answered') {
        reply.header('idempotency-replayed', 'true');
        return withToken(this.#ctx, prior.answer);
      }
      const answer =
        prior.kind === 'unfinished' && call.resume
          ? await call.resume(prior.resourceId)
          : await call.begin({ name, bodyHash });
      await keepAnswer(this.#ctx, name, bodyHash, withoutToken(answer));
      return answer;
    } catch (error) {
      throw error instanceof KeyTakenError ? inUse() : error;
    } finally {
      this.#running.delete(name);
    }
  }
}

function readKey({ headers }: FastifyRequest): string | null {
  const given = [headers['idempotency-key'], headers['x-idempotency-key']].filter((key) => key !== undefined);
  const [key, other = key] = given;
  if (key === undefined) return null;
  if (key !== other) throw invalidKey('Idempotency-Key and X-Idempotency-Key differ: send one of them.');
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw invalidKey('Idempotency-Key must be 1 to 255 printable ASCII characters, none of them a space.');
}

function invalidKey(detail: string): ProblemError {
  return new ProblemError(400, 'invalid_idempotency_key', detail);
}

function inUse(): ProblemError {
  return new ProblemError(
    409,
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still at work: repeat it in a moment.',
    {
      headers: { 'retry-after': '1' },
    },
  );
}
