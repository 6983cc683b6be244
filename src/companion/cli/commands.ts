import { resolve } from 'node:path';
import { CommandError } from './command-error.ts';
import { integrity } from './integrity.ts';
import { newSecrets } from './keys.ts';
import { refund } from './refund.ts';
import { serve } from './serve.ts';
import { snippet } from './snippet.ts';
import { ConfigError, loadConfig } from '../config.ts';
import { backUp } from '../store/backup.ts';
import { StoreError } from '../store/store-error.ts';
import { openStore } from '../store/store.ts';

const USAGE = `Usage: sbp-checkout serve             starts the companion
       sbp-checkout migrate           brings the database up to date; stop the companion first
       sbp-checkout backup <file>     copies the database into a new file, also while serving
       sbp-checkout keys              prints three new secrets as lines of an env file
       sbp-checkout refund settle <refund_id> --status succeeded|failed
                                      ends a refund by hand; stop the companion first
       sbp-checkout snippet           prints the script tag that pins the element's every byte
       sbp-checkout integrity <url>   compares the element that a companion serves with this package's

The companion is configured by environment variables (SBP_…); with NODE_ENV=development it needs
none. Every variable is described in the README.
`;

/** Each command, with how many arguments it takes. */
const COMMANDS: Readonly<Record<string, { args: number; run: (...args: string[]) => Promise<void> | void }>> =
  {
    serve: { args: 0, run: serve },
    migrate: { args: 0, run: migrate },
    backup: { args: 1, run: backup },
    keys: { args: 0, run: () => void process.stdout.write(newSecrets()) },
    refund: { args: 4, run: refund },
    snippet: { args: 0, run: snippet },
    integrity: { args: 1, run: integrity },
  };

async function main([name, ...args]: readonly string[]): Promise<number> {
  if (name === '--help' || name === '-h' || name === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  const command = name !== undefined && Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command?.args !== args.length) {
    process.stderr.write(name === undefined || command ? USAGE : `Unknown command "${name}".\n\n${USAGE}`);
    return 2;
  }
  await command.run(...args);
  return 0;
}

async function migrate(): Promise<void> {
  const { databaseFile, fileMode } = loadConfig(process.env);
  const store = await openStore(databaseFile, {
    fileMode,
    checkedAtOnceBytes: Infinity,
    report: (words) => process.stderr.write(`${words}\n`),
  });
  await store.close();
  const done = store.migrated.map((migration) => `  ${migration}\n`).join('');
  process.stdout.write(
    done === '' ? `${databaseFile} is up to date.\n` : `${databaseFile} is up to date now, after\n${done}`,
  );
}

function backup(target: string): void {
  const { databaseFile, fileMode } = loadConfig(process.env);
  backUp(databaseFile, resolve(target), fileMode);
  process.stdout.write(`${resolve(target)} is a checked copy of ${databaseFile}.\n`);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  const known = error instanceof ConfigError || error instanceof StoreError || error instanceof CommandError;
  process.stderr.write(`${known ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
