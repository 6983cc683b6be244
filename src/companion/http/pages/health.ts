import type { FastifyInstance } from 'fastify';
import * as v from 'valibot';
import type { Context } from '../../payments/context.ts';
import { probeStore } from '../../store/probe.ts';
import { requireApiKey } from '../plumbing/auth.ts';
import { ALSO_HEAD } from '../plumbing/headers.ts';
import { ProblemError } from '../plumbing/problems.ts';
import { route } from '../plumbing/route.ts';

/** At most one test write to the disk in this time, ms. */
const READY_FOR_MS = 1_000;

/** Tells whether this process can take payments: its store takes writes, and it is not shutting down. */
export class Readiness {
  readonly #ctx: Pick<Context, 'store' | 'log' | 'now'>;
  #draining = false;
  #checkedAt = -Infinity;
  #check: Promise<boolean> = Promise.resolve(false);

  constructor(ctx: Pick<Context, 'store' | 'log' | 'now'>) {
    this.#ctx = ctx;
  }

  /** Makes the process not ready for good: it is shutting down. */
  drain(): void {
    this.#draining = true;
  }

  /** Returns the reason for not being ready; `null` when ready. */
  async problem(): Promise<ProblemError | null> {
    if (this.#draining) return new ProblemError('shutting_down', 'The server is shutting down.');
    if (performance.now() - this.#checkedAt >= READY_FOR_MS) {
      this.#checkedAt = performance.now();
      this.#check = this.#probe();
    }
    if (await this.#check) return null;
    return new ProblemError('store_not_writable', 'The database does not take writes.');
  }

  async #probe(): Promise<boolean> {
    try {
      await probeStore(this.#ctx.store, this.#ctx.now());
      return true;
    } catch (error) {
      this.#ctx.log.error({ err: error }, 'database not writable');
      return false;
    }
  }
}

/** Returns `/healthz` (the process runs) and `/readyz` (the process can take payments). */
export function health(readiness: Readiness) {
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    route(app, {
      method: 'get',
      path: '/healthz',
      summary: 'The process runs',
      security: 'none',
      responses: [{ status: 200, body: v.strictObject({ status: v.literal('ok') }) }],
      refusals: [],
      serving: ALSO_HEAD,
      handle: () => ({ status: 'ok' }),
    });
    route(app, {
      method: 'get',
      path: '/readyz',
      summary: 'The process can do its work',
      security: 'none',
      responses: [{ status: 200, body: v.strictObject({ status: v.literal('ready') }) }],
      refusals: ['store_not_writable', 'shutting_down'],
      serving: ALSO_HEAD,
      async handle({ reply }) {
        reply.header('cache-control', 'no-store');
        const problem = await readiness.problem();
        if (problem) throw problem;
        return { status: 'ready' };
      },
    });
    done();
  };
}

/** Returns `/metrics` for Prometheus. The API key is required: a shop's sales are confidential. */
export function metricsRoute({ config, metrics }: Pick<Context, 'config' | 'metrics'>) {
  return (app: FastifyInstance, _options: unknown, done: () => void): void => {
    const authorize = requireApiKey(config.apiKeys);
    route(app, {
      method: 'get',
      path: '/metrics',
      summary: 'For Prometheus',
      security: 'apiKey',
      responses: [{ status: 200, body: 'text/plain' }],
      refusals: ['invalid_api_key', 'rate_limited'],
      async handle({ request, reply }) {
        authorize(request);
        const { type, text } = await metrics.render();
        return reply.header('cache-control', 'no-store').type(type).send(text);
      },
    });
    done();
  };
}
