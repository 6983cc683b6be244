import { createCompanion } from '../companion.ts';
import { loadConfig } from '../config.ts';
import { createLogger } from '../lib/logging.ts';
import { shutdownRequested } from './shutdown.ts';
import { listenError } from './listen-error.ts';
import { proxiedAddresses, startWarnings } from './start-warnings.ts';

/** Runs the companion until SIGTERM or SIGINT. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const companion = await createCompanion({ config, log });
  const address = await companion.listen().catch(async (error: unknown) => {
    await companion.close();
    throw listenError(error, config);
  });
  log.info({ address, public_url: config.publicUrl, development: config.development }, 'listening');
  const proxied = proxiedAddresses(config);
  if (proxied !== null) log.info({ proxied }, 'outgoing calls use a proxy');
  for (const warning of startWarnings(config)) log.warn(warning);
  const end = await Promise.race([shutdownRequested(), companion.damaged]);
  if (!(end instanceof Error)) log.info({ signal: end }, 'shutting down');
  await companion.close();
  // The command prints this error and exits with status 1.
  if (end instanceof Error) throw end;
}
