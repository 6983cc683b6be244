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

/** The durable state: one writer whose commits are grouped, and one reader that sees only what is committed. */
export interface Store {
  readonly read: Reader;
  /** The migrations that opening it took. */
  readonly migrated: readonly string[];
  /**
   * The result of the check that goes on while a large database is used: `null` for a sound one. Once it is found
   * damaged every write is refused. Rejects if the check could not be carried out. `null` if all was read at the start.
   */
  readonly checked: Promise<StoreError | null> | null;
  /** Runs `work` in a transaction and answers after its commit is on disk. Throwing undoes that work alone. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export interface StoreOptions extends GroupOptions {
  /** The mode of the files that are made. Defaults to `private`. */
  readonly fileMode?: FileMode;
  /**
   * A larger database is checked while it is used, in bytes; {@link CHECKED_AT_ONCE_BYTES} unless told. Infinity for
   * a command that ends at once.
   */
  readonly checkedAtOnceBytes?: number;
  /** Called with a sentence before work that may take more than a second. */
  readonly report?: (words: string) => void;
}

/** Reading all of it takes about a second. */
const CHECKED_AT_ONCE_BYTES = 32 * 2 ** 20;
/** Below this nothing takes long enough to be worth a line. */
const LARGE_BYTES = 8 * 2 ** 20;

/**
 * Opens the SQLite file (made if it is not there) and brings its tables up to date. Throws a {@link StoreError} when
 * it is damaged, read-only or in use by another process.
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
  // Savepoints keep what they may undo in temporary files, unless told to keep it in memory.
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
    // While it serves, nobody's lock may make the process stand still: writers wait asynchronously.
    database.waitAtMost(0);
  } catch (error) {
    await writer.destroy();
    throw error;
  }
  const { db: reader, database: readerDatabase } = await connect(file, 'PRAGMA query_only = ON;');
  // Nobody's writing keeps readers waiting; what does is short, such as the recovery of the log.
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
  // Nobody has to ask.
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
  // Kysely closes only what it has used.
  await sql`select 1`.execute(db);
  return { db, database };
}

/** The names of those it ran. */
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
  // What the migrator says when those that were run are not among those it has.
  if (!error.message.startsWith('corrupted migrations')) throw error;
  throw new StoreError(
    `${file} was brought up to date by another version of sbp-checkout than this one: use that version. ` +
      `If no other one ever ran on it, it is damaged: restore a backup.`,
    { cause: error },
  );
}
