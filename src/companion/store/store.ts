import { dirname } from 'node:path';
import { CamelCasePlugin, Kysely, Migrator, sql, SqliteDialect, type Transaction } from 'kysely';
import { prepareFolder, type FileMode } from '../lib/file-mode.ts';
import { GroupCommit, type GroupOptions } from './group-commit.ts';
import { migrations } from './migrations/migrations.ts';
import { NodeSqlite } from './node-sqlite.ts';
import { Ownership } from './process-lock.ts';
import type { Schema } from './schema.ts';
import { checkLog } from './wal/check.ts';
import { checkInBackground } from './background-check.ts';
import { checkSoundness, sizeOf } from './soundness.ts';
import { storeError } from './sqlite-errors.ts';
import { StoreError } from './store-error.ts';

const READER_WAIT_MS = 100;

export type Reader = Kysely<Schema>;
export type Writer = Transaction<Schema>;

/** The durable state: one writer with grouped commits, and one reader that sees only committed data. */
export interface Store {
  readonly read: Reader;
  /** Names of the migrations that ran when the store was opened. */
  readonly migrated: readonly string[];
  /**
   * Result of the background check of a large database: `null` for a sound database. After damage is found, every write is
   * refused. Rejects if the check could not run. The property is `null` when the whole database was checked at start.
   */
  readonly checked: Promise<StoreError | null> | null;
  /** Runs `work` in a transaction and resolves after its commit is on disk. If `work` throws, only its changes are undone. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreOptions extends GroupOptions {
  /** Mode of created files. Defaults to `private`. */
  readonly fileMode?: FileMode;
  /**
   * Size in bytes above which the database is checked in the background. Defaults to {@link CHECKED_AT_ONCE_BYTES}. Use
   * Infinity for a short-lived command.
   */
  readonly checkedAtOnceBytes?: number;
  /** Called with a message before work that may take more than a second. */
  readonly report?: (words: string) => void;
}

/** Checking this much takes about a second. */
const CHECKED_AT_ONCE_BYTES = 32 * 2 ** 20;
/** Below this size nothing takes long enough to report. */
const LARGE_BYTES = 8 * 2 ** 20;

/**
 * Opens the SQLite file, creates it if it is missing, and runs pending migrations. Throws a {@link StoreError} when the
 * database is damaged, read-only or in use by another process.
 */
export async function openStore(file: string, options: StoreOptions = {}): Promise<Store> {
  const { fileMode = 'private' } = options;
  makeFolder(dirname(file), fileMode);
  const ownership = Ownership.take(file, fileMode);
  try {
    return await openOwned(file, ownership, options);
  } catch (error) {
    ownership.release();
    throw storeError(file, error);
  }
}

function makeFolder(folder: string, mode: FileMode): void {
  try {
    prepareFolder(folder, mode);
  } catch (error) {
    throw new StoreError(`${folder} cannot be made: ${(error as Error).message}`, { cause: error });
  }
}

async function openOwned(file: string, ownership: Ownership, options: StoreOptions): Promise<Store> {
  const { checkedAtOnceBytes = CHECKED_AT_ONCE_BYTES, report = () => undefined } = options;
  const size = sizeOf(file);
  const reportIfLarge = (words: string) => {
    if (size > LARGE_BYTES) report(`${words} (${Math.round(size / 2 ** 20)} MB)`);
  };
  checkLog(file);
  const atOnce = size <= checkedAtOnceBytes || ownership.suspect;
  if (atOnce) reportIfLarge('checking the database before the start');
  checkSoundness(file, atOnce ? 'whole' : 'ends');
  // Without temp_store = MEMORY, savepoints write their undo data to temporary files.
  const { db: writer, database } = await connect(
    file,
    `PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
     PRAGMA temp_store = MEMORY;`,
  );
  let migrated: string[];
  try {
    migrated = await migrate(writer, file, (names) =>
      reportIfLarge(`bringing the database up to date: ${names.join(', ')}`),
    );
    ownership.made();
    // While serving, a foreign lock must not block the process: writers wait asynchronously.
    database.waitAtMost(0);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  const { db: reader, database: readerDatabase } = await connect(file, 'PRAGMA query_only = ON;');
  // Writers do not block readers. Short operations such as log recovery do.
  readerDatabase.waitAtMost(READER_WAIT_MS);
  const commits = new GroupCommit(writer, database, options);
  if (!atOnce) reportIfLarge('checking the database while serving');
  const check = atOnce ? null : checkInBackground(file);
  let damage: StoreError | null = null;
  const checked = check?.result.then((found) => {
    damage = found;
    if (found) ownership.distrust();
    return found;
  });
  // An unobserved rejection must not end the process.
  checked?.catch(() => undefined);
  return {
    read: reader,
    migrated,
    checked: checked ?? null,
    write: (work) => (damage ? Promise.reject(damage) : commits.write(work)),
    async close() {
      await check?.stop();
      await commits.idle();
      await reader.destroy();
      await writer.destroy();
      ownership.release();
    },
  };
}

async function connect(file: string, pragmas: string): Promise<{ db: Kysely<Schema>; database: NodeSqlite }> {
  const database = new NodeSqlite(file);
  database.exec(pragmas);
  // Only the names of columns change: their JSON stays text, byte for byte.
  const plugins = [new CamelCasePlugin({ maintainNestedObjectKeys: true })];
  const db = new Kysely<Schema>({ dialect: new SqliteDialect({ database }), plugins });
  // Kysely closes only connections that it has used.
  await sql`select 1`.execute(db);
  return { db, database };
}

/** Returns the names of the migrations that ran. */
async function migrate(
  db: Kysely<Schema>,
  file: string,
  begin: (names: readonly string[]) => void,
): Promise<string[]> {
  // Migrations name columns as the database does.
  const migrator = new Migrator({
    db: db.withoutPlugins(),
    provider: { getMigrations: () => Promise.resolve(migrations) },
  });
  const pending = (await migrator.getMigrations()).filter(({ executedAt }) => executedAt === undefined);
  if (pending.length > 0) begin(pending.map(({ name }) => name));
  const { error, results = [] } = await migrator.migrateToLatest();
  if (error === undefined) return results.map(({ migrationName }) => migrationName);
  if (!(error instanceof Error)) throw new Error('the database could not be migrated', { cause: error });
  // The migrator's message when the database has migrations that this version does not know.
  if (!error.message.startsWith('corrupted migrations')) throw error;
  throw new StoreError(
    `${file} was brought up to date by another version of sbp-checkout than this one: use that version. ` +
      `If no other one ever ran on it, it is damaged: restore a backup.`,
    { cause: error },
  );
}
