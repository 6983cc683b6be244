import { createCompanion } from '../companion.ts';
import { loadConfig } from '../config.ts';
import { createLogger } from '../logging.ts';
import { endOfService } from './end-of-service.ts';

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
  if (!config.development && config.publicUrl.startsWith('http:')) {
    log.warn('SBP_PUBLIC_URL is plain http: payers need https');
  }
  const signal = await endOfService();
  log.info({ signal }, 'shutting down');
  await companion.close();
}
