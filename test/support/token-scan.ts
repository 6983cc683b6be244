import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';

const TOKEN = /pay_[\w-]{20}\.[\w-]{43}/g;

/** Returns every payment token in the text. */
export function findTokens(text: string): string[] {
  return text.match(TOKEN) ?? [];
}

/**
 * Fails if the files of a closed database contain a payment token, also in deleted rows. A copy or a backup must not
 * allow anyone to open a payer's page.
 */
export function assertNoTokensStored(databaseFile: string): void {
  for (const part of ['', '-wal', '-journal']) {
    const file = databaseFile + part;
    if (!existsSync(file)) continue;
    const [token] = findTokens(readFileSync(file, 'latin1'));
    // The message shows only the first half of the token, the payment's id, for finding the place.
    assert.ok(!token, `the database holds a payment token: ${token?.slice(0, 28)}… in ${file}`);
  }
}
