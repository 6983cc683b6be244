import { sql } from 'kysely';
import type { Store } from './store.ts';

/**
 * Throws when the store cannot be written. It commits one number in the file's header to disk. Nothing else uses that
 * number.
 */
export async function probeStore(store: Store, now: number): Promise<void> {
  const seconds = Math.floor(now / 1000) % 2 ** 31;
  await store.write((trx) => sql`pragma user_version = ${sql.lit(seconds)}`.execute(trx));
}
