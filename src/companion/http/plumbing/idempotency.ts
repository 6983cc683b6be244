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

/** Spellings of the header; shops have each of them in their code. */
export const KEY_HEADERS = ['Idempotency-Key', 'X-Idempotency-Key', 'Idempotence-Key'] as const;

/** An `Idempotency-Key` as it is stored, with the hash of the body it came with. */
export interface StoredKey {
  readonly name: string;
  readonly bodyHash: string;
}

interface Call {
  begin(key: StoredKey | null): Promise<Answer>;
  /** Carries what a crash cut off to its end. A call that may simply be repeated has none. */
  resume?(resourceId: string): Promise<Answer>;
}

/**
 * `Idempotency-Key` for POSTs: the same key with the same body gets the same answer, with another body 422, and
 * while the first call is at work 409. A key counts for one route and its parameters: elsewhere it is another key. A call that a crash cut off is carried to its end by its repeat.
 */
export class IdempotencyKeys {
  readonly #ctx: Context;
  /** Keys at work in this process: what the store holds unfinished beyond these, a crash left. */
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
 * The route with its decoded parameters, however the address is spelled: percent-encoding, a host in the request line and
 * the query make no other call. Written as the plain address, which is what keys of earlier versions were kept under.
 * The method is not in it, because only POSTs take a key.
 */
function calledRoute({ routeOptions, params }: FastifyRequest): string {
  const decoded = params as Readonly<Record<string, string>>;
  return routeOptions.url!.replace(/:(\w+)/g, (_, name: string) => encodeURIComponent(decoded[name]!));
}

/** Throws 400 for a key that cannot be one, and for two spellings of the header that disagree. */
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
