import { createHash } from 'node:crypto';
import type { Store, Writer } from '../../store/store.ts';

/** The response of a finished call. Each repetition of the call gets it. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

export type PriorCall =
  | { readonly kind: 'none' }
  | { readonly kind: 'answered'; readonly answer: Answer }
  /** The earlier call with this key had another body. */
  | { readonly kind: 'mismatch' }
  /** The earlier call has no response: it is still running, or a crash has cut it off. */
  | { readonly kind: 'unfinished'; readonly resourceId: string };

/** Thrown when another call takes the key at the same moment. */
export class KeyTakenError extends Error {
  constructor() {
    super('the idempotency key is in use');
    this.name = 'KeyTakenError';
  }
}

export async function findPriorCall(
  { read }: Pick<Store, 'read'>,
  key: string,
  bodyHash: string,
): Promise<PriorCall> {
  const row = await read.selectFrom('idempotencyKeys').selectAll().where('key', '=', key).executeTakeFirst();
  if (!row) return { kind: 'none' };
  if (row.bodyHash !== bodyHash) return { kind: 'mismatch' };
  if (row.responseJson === null) return { kind: 'unfinished', resourceId: row.resourceId };
  return { kind: 'answered', answer: JSON.parse(row.responseJson) as Answer };
}

/** Reserves the key for the resource that the call makes, in the transaction that stores the resource. */
export async function reserveKey(
  trx: Writer,
  key: string,
  bodyHash: string,
  resourceId: string,
  now: number,
): Promise<void> {
  const result = await trx
    .insertInto('idempotencyKeys')
    .values({ key, bodyHash, resourceId, responseJson: null, createdAt: now })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (result.numInsertedOrUpdatedRows !== 1n) throw new KeyTakenError();
}

/** Stores the response of a finished call. A call that may run twice has reserved nothing, and takes its key here. */
export async function keepAnswer(
  store: Store,
  key: string,
  bodyHash: string,
  answer: Answer,
  now: number,
): Promise<void> {
  const responseJson = JSON.stringify(answer);
  await store.write((trx) =>
    trx
      .insertInto('idempotencyKeys')
      .values({ key, bodyHash, resourceId: '', responseJson, createdAt: now })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ responseJson }))
      .execute(),
  );
}

/** Returns a hash that ignores white space and the order of fields. */
export function hashBody(body: unknown): string {
  return createHash('sha256')
    .update(canonicalJson(body ?? null))
    .digest('base64url');
}

function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
    return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonicalJson(item)}`).join(',')}}`;
  }
  return JSON.stringify(value);
}
