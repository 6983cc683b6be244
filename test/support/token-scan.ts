import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const TOKEN = /pay_[\w-]{20}\.[\w-]{43}/g;

/** Every payment token in this text. */
export function findTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

/**
 * Searches the files of a closed database, byte by byte, for payment tokens: whoever gets hold of a copy or a backup
 * must not be able to open a payer's page. Deleted rows count too.
 */
export function assertNoTokensStored(databaseFile: string): void {
  for (const part of ['', '-wal', '-journal']) {
    const file = databaseFile + part;
    if (!existsSync(file)) continue;
    const [token] = findTokens(readFileSync(file, 'latin1'));
    // Its first half, the payment's id, says where to look.
    assert.ok(!token, `the database holds a payment token: ${token?.slice(0, 28)}… in ${file}`);
  }
}
