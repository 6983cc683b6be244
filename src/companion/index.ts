export { createCompanion, type Companion, type CompanionOptions } from './companion.ts';
export { ConfigError, loadConfig, type Config } from './config.ts';
export { createLogger } from './lib/logging.ts';
