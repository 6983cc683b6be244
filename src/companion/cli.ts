#!/usr/bin/env node
import { createCompanion } from './companion.ts';
import { ConfigError, loadConfig } from './config.ts';
import { createLogger } from './logging.ts';

const USAGE = `Usage: sbp-checkout serve

Starts the companion. It is configured by environment variables (SBP_…); with NODE_ENV=development
it needs none. Every variable is described in the README.
`;

async function main(command: string | undefined): Promise<number> {
  if (command === '--help' || command === '-h' || command === 'help') {
    process.stdout.write(USAGE);
    return 0;
  }
  if (command !== 'serve') {
    process.stderr.write(command === undefined ? USAGE : `Unknown command "${command}".\n\n${USAGE}`);
    return 2;
  }
  return serve();
}

async function serve(): Promise<number> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const companion = await createCompanion({ config, log });
  const address = await companion.listen().catch(async (error: unknown) => {
    await companion.close();
    throw error;
  });
  log.info({ address, public_url: config.publicUrl, development: config.development }, 'listening');
  if (!config.development && config.publicUrl.startsWith('http:')) {
    log.warn('SBP_PUBLIC_URL is plain http: payers need https');
  }
  const signal = await new Promise<string>((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.once(name, () => resolve(name));
  });
  log.info({ signal }, 'shutting down');
  await companion.close();
  return 0;
}

/** The port is taken, or the host is not this machine's: the message says it all. */
function isAddressError(error: unknown): error is Error {
  return (
    error instanceof Error && 'syscall' in error && ['listen', 'getaddrinfo'].includes(String(error.syscall))
  );
}

try {
  process.exitCode = await main(process.argv[2]);
} catch (error) {
  const known = error instanceof ConfigError || isAddressError(error);
  process.stderr.write(`${known ? error.message : (error as Error).stack}\n`);
  process.exitCode = 1;
}
