import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Context } from '../../payments/context.ts';
import {
  findPriorCall,
  hashBody,
  keepAnswer,
  KeyTakenError,
  type Answer,
} from '../../payments/model/idempotency.ts';
import { ProblemError } from './problems.ts';
import { withoutToken, withToken } from '../merchant/stored-answer.ts';

/** Accepted spellings of the header: shops use each of them. */
export const KEY_HEADERS = ['Idempotency-Key', 'X-Idempotency-Key', 'Idempotence-Key'] as const;

/** An `Idempotency-Key` as it is stored, with the hash of the body it came with. */
export interface StoredKey {
  readonly name: string;
  readonly bodyHash: string;
}

interface Call {
  begin(key: StoredKey | null): Promise<Answer>;
  /** Finishes a call that a crash interrupted. A call that is simply repeated needs none. */
  resume?(resourceId: string): Promise<Answer>;
}

/**
 * `Idempotency-Key` of POSTs. The same key with the same body gets the same response; with another body 422; while the
 * first call runs, 409. A key belongs to one route and its parameters. Repeating a call that a crash interrupted
 * finishes it.
 */
export class IdempotencyKeys {
  readonly #ctx: Context;
  /** Keys of running calls. An unfinished key in the store that is not among them was left by a crash. */
  readonly #running = new Set<string>();

  constructor(ctx: Context) {
    this.#ctx = ctx;
  }

  async run(request: FastifyRequest, reply: FastifyReply, call: Call): Promise<Answer> {
    const key = readKey(request);
    if (key === null) return call.begin(null);
    const name = `${calledRoute(request)} ${key}`;
    const bodyHash = hashBody(request.body);
    if (this.#running.has(name)) throw inUse();
    this.#running.add(name);
    try {
      const prior = await findPriorCall(this.#ctx.store, name, bodyHash);
      if (prior.kind === 'mismatch') {
        throw new ProblemError(
          'idempotency_key_reused',
          'This Idempotency-Key came with another body before: use a new key for a new request.',
        );
      }
      if (prior.kind === 'answered') {
        reply.header('idempotency-replayed', 'true');
        return withToken(this.#ctx, prior.answer, request.body);
      }
      const answer =
        prior.kind === 'unfinished' && call.resume
          ? await call.resume(prior.resourceId)
          : await call.begin({ name, bodyHash });
      await keepAnswer(this.#ctx.store, name, bodyHash, withoutToken(answer), this.#ctx.now());
      return answer;
    } catch (error) {
      throw error instanceof KeyTakenError ? inUse() : error;
    } finally {
      this.#running.delete(name);
    }
  }
}

/**
 * Returns the route with its decoded parameters. Percent-encoding, a host in the request line and the query make no
 * difference. The result looks like a plain address, because earlier versions stored keys under that. The method is
 * left out: only POSTs take a key.
 */
function calledRoute({ routeOptions, params }: FastifyRequest): string {
  const decoded = params as Readonly<Record<string, string>>;
  return routeOptions.url!.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(decoded[name]!));
}

/** Returns the key; `null` without one. Throws 400 for an invalid key, and for two spellings with different keys. */
function readKey({ headers }: FastifyRequest): string | null {
  const [first, ...others] = KEY_HEADERS.filter((name) => headers[name.toLowerCase()] !== undefined);
  if (first === undefined) return null;
  const key = headers[first.toLowerCase()];
  const different = others.find((name) => headers[name.toLowerCase()] !== key);
  if (different !== undefined) {
    throw invalidKey(`${first} and ${different} differ: send one of them.`);
  }
  if (typeof key === 'string' && /^[\x21-\x7e]{1,255}$/.test(key)) return key;
  throw invalidKey(`${first} must be 1 to 255 printable ASCII characters, none of them a space.`);
}

function invalidKey(detail: string): ProblemError {
  return new ProblemError('invalid_idempotency_key', detail);
}

function inUse(): ProblemError {
  return new ProblemError(
    'idempotency_key_in_use',
    'A request with this Idempotency-Key is still at work: repeat it in a moment.',
  );
}
