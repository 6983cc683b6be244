import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const PARTS = ['', '-wal', '-shm', '-journal', '.lock'] as const;
type Part = (typeof PARTS)[number];

/** The files of a database at one moment. Files of an open database are what a crash would leave. */
export type DatabaseFiles = Readonly<Partial<Record<Part, Buffer>>>;

export function takeFiles(file: string): DatabaseFiles {
  return Object.fromEntries(
    PARTS.filter((part) => existsSync(file + part)).map((part) => [part, readFileSync(file + part)]),
  );
}

/** Writes these files and removes the other files of the database. */
export function putFiles(file: string, files: DatabaseFiles): void {
  for (const part of PARTS) {
    rmSync(file + part, { force: true });
    const bytes = files[part];
    if (bytes) writeFileSync(file + part, bytes);
  }
}

/** Returns all money data that a companion has acknowledged: payments, their status, and refunds. */
export function readBooks(file: string): readonly unknown[] {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return [
      `SELECT id, order_id, status, version, amount, currency, refunded_amount, late, paid_at FROM payments`,
      `SELECT id, payment_id, reference, amount, status FROM refunds`,
      `SELECT provider, delivery_id FROM provider_deliveries`,
      `SELECT key FROM idempotency_keys`,
      `SELECT reference, payment_id FROM attempts`,
    ].map((query) =>
      // Compares values without column names. Damage may change the case of a letter in a name, which SQLite ignores.
      db
        .prepare(`${query} ORDER BY rowid`)
        .all()
        .map((row) => Object.values(row)),
    );
  } finally {
    db.close();
  }
}
