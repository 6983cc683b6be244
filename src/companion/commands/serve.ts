import { createCompanion } from '../companion.ts';
import { loadConfig } from '../config.ts';
import { createLogger } from '../logging.ts';
import { endOfService } from './end-of-service.ts';
import { startWarnings } from './start-warnings.ts';

/** Runs the companion until SIGTERM or SIGINT. */
export async function serve(): Promise<void> {
  const config = loadConfig(process.env);
  const log = createLogger(config.logLevel);
  const companion = await createCompanion({ config, log });
  const address = await companion.listen().catch(async (error: unknown) => {
    await companion.close();
    throw error;
  });
  log.info({ address, public_url: config.publicUrl, development: config.development }, 'listening');
  for (const warning of startWarnings(config)) log.warn(warning);
  const signal = await endOfService();
  log.info({ signal }, 'shutting down');
  await companion.close();
}
