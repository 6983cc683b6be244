/**
 * The program that `background-check.ts` starts. It checks the given database file and sends its findings. It is a separate
 * process because a check blocks its thread for minutes.
 */
import { setPriority, constants } from 'node:os';
import { DatabaseSync } from 'node:sqlite';
import { findDamage, using } from './soundness.ts';

/** Size of SQLite's page cache, KiB. The check of an index reads its table in the order of the index, all over the table. */
const CACHE_KIB = 64 * 1024;

export interface Findings {
  /** SQLite's description of the damage; `null` for a sound database. */
  readonly damage: string | null;
}

setPriority(constants.priority.PRIORITY_LOW);
using(new DatabaseSync(process.argv[2]!, { readOnly: true, timeout: 5000 }), (database) => {
  database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
  process.send!({ damage: findDamage(database) } satisfies Findings);
});
