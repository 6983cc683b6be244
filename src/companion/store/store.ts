import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { Kysely, Migrator, SqliteDialect, type Transaction } from 'kysely';
import { GroupCommit, type GroupOptions } from './group-commit.ts';
import { migrations } from './migrations.ts';
import { NodeSqlite } from './node-sqlite.ts';
import type { Schema } from './schema.ts';

export type Reader = Kysely<Schema>;
export type Writer = Transaction<Schema>;

/** The durable state: one writer whose commits are grouped, and one reader that sees only what is committed. */
export interface Store {
  readonly read: Reader;
  /** Runs `work` in a transaction and answers after its commit is on disk. Throwing undoes that work alone. */
  write<T>(work: (trx: Writer) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Opens the SQLite file (made if it is not there) and brings its tables up to date. */
export async function openStore(file: string, options: GroupOptions = {}): Promise<Store> {
  mkdirSync(dirname(file), { recursive: true });
  const writer = connect(
    file,
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;',
  );
  await migrate(writer);
  const reader = connect(file, 'PRAGMA query_only = ON;');
  const commits = new GroupCommit(writer, options);
  return {
    read: reader,
    write: (work) => commits.write(work),
    async close() {
      await commits.idle();
      await reader.destroy();
      await writer.destroy();
    },
  };
}

function connect(file: string, pragmas: string): Kysely<Schema> {
  const database = new NodeSqlite(file);
  database.exec(pragmas);
  return new Kysely<Schema>({ dialect: new SqliteDialect({ database }) });
}

async function migrate(db: Kysely<Schema>): Promise<void> {
  const migrator = new Migrator({ db, provider: { getMigrations: () => Promise.resolve(migrations) } });
  const { error } = await migrator.migrateToLatest();
  if (error)
    throw error instanceof Error ? error : new Error('the database could not be migrated', { cause: error });
}
