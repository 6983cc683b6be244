import { setTimeout as wait } from 'node:timers/promises';

export interface CompanionOptions {
  /** The companion's address for this server, e.g. `http://127.0.0.1:8787`. */
  readonly companionUrl: string;
  readonly apiKey: string;
}

/**
 * The companion, or a gateway before it, refuses the call. An immediate repeat does not help; a later one may: a key is being
 * replaced (401), a gateway is misconfigured (403, 404).
 */
export class CompanionRefusal extends Error {
  override readonly name = 'CompanionRefusal';
  readonly status: number;
  /** The problem's `code`, such as `not_cancelable`. */
  readonly code: string;
  constructor(status: number, body: Readonly<Record<string, unknown>>) {
    super(`The companion answered ${status}: ${JSON.stringify(body)}`);
    this.status = status;
    this.code = String(body['code']);
  }

  /** True if the call itself is wrong, so that a repeat never succeeds. Unknown refusals are not final. */
  get isFinal(): boolean {
    return this.status === 422 || FINAL_CODES.has(this.code);
  }
}

/** Codes of refused refunds, besides 422. */
const FINAL_CODES: ReadonlySet<string> = new Set(['not_paid', 'not_refundable']);

export type Answer = Readonly<Record<string, unknown>>;

interface Call {
  /** With a body the call is a POST. */
  readonly json?: unknown;
  readonly idempotencyKey?: string;
}

const TRIES = 3;
const TIMEOUT_MS = 10_000;
const PAUSE_MS = 300;

/**
 * Calls the companion's merchant API with the secret key. Repeats a call whose response was lost, so each call must be safe to
 * repeat: a create and a refund carry an `Idempotency-Key`, a cancel and a GET need none. Throws a {@link CompanionRefusal}
 * for a response that an immediate repeat would not change.
 */
export async function callCompanion(
  options: CompanionOptions,
  path: string,
  call: Call = {},
): Promise<Answer> {
  for (let tries = 1; ; tries++) {
    try {
      return await callOnce(options, path, call);
    } catch (error) {
      if (tries === TRIES || error instanceof CompanionRefusal) throw error;
      await wait(PAUSE_MS * tries);
    }
  }
}

async function callOnce(
  { companionUrl, apiKey }: CompanionOptions,
  path: string,
  { json, idempotencyKey }: Call,
): Promise<Answer> {
  const response = await fetch(`${companionUrl}/api/sbp/v1${path}`, {
    headers: {
      authorization: `Bearer ${apiKey}`,
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...(idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey }),
    },
    ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  const body = (await response.json()) as Answer;
  if (response.ok) return body;
  const refusal = new CompanionRefusal(response.status, body);
  // in_progress: the first call with this key is still running. 408, 429 and 5xx are temporary.
  const passing =
    refusal.code === 'idempotency_key_in_use' ||
    [408, 429].includes(response.status) ||
    response.status >= 500;
  throw passing ? new Error(refusal.message) : refusal;
}
