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
       sbp-checkout migrate           updates the database; stop the companion first
       sbp-checkout backup <file>     copies the database to a new file, also while the companion runs
       sbp-checkout keys              prints three new secrets, in the form of an env file
       sbp-checkout refund settle <refund_id> --status succeeded|failed
                                      sets the result of a refund by hand; stop the companion first
       sbp-checkout snippet           prints the script tag that loads exactly this build of the element
       sbp-checkout integrity <url>   checks that a companion serves the element of this package

Environment variables (SBP_…) configure the companion; the README describes each of them.
None is needed with NODE_ENV=development.
`;

/** Each command with its number of arguments. */
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
    report: (message) => process.stderr.write(`${message}\n`),
  });
  await store.close();
  const migrations = store.migrated.map((migration) => `  ${migration}\n`).join('');
  process.stdout.write(
    migrations === ''
      ? `${databaseFile} is up to date.\n`
      : `${databaseFile} is up to date after these migrations:\n${migrations}`,
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
  const isExplained =
    error instanceof ConfigError || error instanceof StoreError || error instanceof CommandError;
  process.stderr.write(`${isExplained ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
