import { spawn } from 'node:child_process';
import { once } from 'node:events';

const HOLD = `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(process.argv[1], { timeout: 60000 });
  db.exec('BEGIN IMMEDIATE');
  console.log('locked');
  process.stdin.once('data', () => { db.exec('COMMIT'); db.close(); process.exit(0); });
  process.stdin.once('end', () => process.exit(1));
`;

/**
 * Locks a database for writing from another process. Resolves when it has the lock. Returns a function that releases
 * it.
 */
export async function lockElsewhere(file: string): Promise<() => Promise<void>> {
  const child = spawn(process.execPath, ['-e', HOLD, file], { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  return async () => {
    if (child.exitCode === null) child.stdin.write('go\n');
    await ended;
  };
}
