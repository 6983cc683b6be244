import { join } from 'node:path';
import { ConfigError, loadConfig, type Config } from '../src/companion/index.ts';

export interface DemoSettings {
  readonly shopPort: number;
  readonly config: Config;
  /** The file of the shop's orders, beside the companion's database. */
  readonly shopDatabaseFile: string;
}

export interface SettingsFor {
  /** The working directory of relative paths. */
  readonly root: string;
  /** This machine's address on the network. */
  readonly host: string;
  /** The simulated payment system; `null` for the sandbox. */
  readonly provider: string | null;
  /** Environment variables of the companion for that system. */
  readonly simulated: Readonly<Record<string, string>>;
}

const SHOP_PORT = 5173;
const COMPANION_PORT = 8787;

/** Returns the demo's settings from the environment. Throws a {@link ConfigError} that names every mistake once. */
export function readSettings({ root, host, provider, simulated }: SettingsFor): DemoSettings {
  const mistakes: string[] = [];
  const shopPort = readPort('DEMO_SHOP_PORT', SHOP_PORT, mistakes);
  // loadConfig reports a wrong port. The addresses below need a number before that.
  const companionPort = readPort('SBP_PORT', COMPANION_PORT, []);
  if (process.env['SBP_PORT']?.trim() === '0') mistakes.push('SBP_PORT must name a port in a demo, not 0');
  const database = provider === null ? 'demo' : `demo-${provider}`;
  const defaults = {
    SBP_HOST: '0.0.0.0',
    SBP_LOG_LEVEL: 'warn',
    SBP_MERCHANT_NAME: 'Ромашка',
    // One database for each payment system, because no system knows the payments of another.
    SBP_DATABASE_URL: `file:data/${database}.sqlite`,
    SBP_PUBLIC_URL: `http://${host}:${companionPort}`,
    SBP_ALLOWED_ORIGINS: [host, 'localhost', '127.0.0.1'].map((name) => `http://${name}:${shopPort}`).join(),
  };
  const env = { ...defaults, ...process.env, ...simulated, NODE_ENV: 'development' };
  let config: Config | null = null;
  try {
    config = loadConfig(env, root);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    mistakes.push(...error.mistakes);
  }
  if (config?.port === shopPort) {
    mistakes.push(
      `DEMO_SHOP_PORT and SBP_PORT are both ${shopPort}: the shop and the companion need different ports`,
    );
  }
  if (mistakes.length > 0 || !config) throw new ConfigError(mistakes);
  return { shopPort, config, shopDatabaseFile: shopDatabaseBeside(config.databaseFile) };
}

/** `…/demo.sqlite` → `…/demo-shop.sqlite`. */
function shopDatabaseBeside(databaseFile: string): string {
  return databaseFile.replace(/(\.\w+)?$/, '-shop$1');
}

function readPort(name: string, fallback: number, mistakes: string[]): number {
  const text = process.env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : NaN;
  if (port >= 1 && port <= 65_535) return port;
  mistakes.push(`${name} must be a port number from 1 to 65535, not "${text}"`);
  return fallback;
}

/** The project's root folder. */
export const ROOT = join(import.meta.dirname, '..');
