import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { AddressGuard } from './outbound/guard.ts';
import { METHODS, type Method } from '../protocol/snapshot.ts';
import { apiBase, type SbpApiSettings } from './providers/sbp-api/settings.ts';
import { isAddressRange } from './addresses.ts';
import { PROVIDER_NAMES, type ProviderName } from './providers/names.ts';

/** Everything the companion can be told, checked once at start. */
export interface Config {
  /** Plain-http and loopback addresses allowed, secrets may be generated. */
  readonly development: boolean;
  readonly host: string;
  readonly port: number;
  /** Where payers' browsers reach this server; no trailing slash. */
  readonly publicUrl: string;
  /** Any of them opens the merchant API; the list is for rotation. */
  readonly apiKeys: readonly string[];
  /** The first signs payment tokens, all are accepted. */
  readonly tokenSecrets: readonly string[];
  /** The first signs our webhooks, all are accepted on the sandbox's. */
  readonly webhookSecrets: readonly string[];
  /** Origins whose pages may embed the element. */
  readonly allowedOrigins: readonly string[];
  /** Absolute path of the SQLite file. */
  readonly databaseFile: string;
  readonly banksUrl: string;
  readonly merchantName: string;
  readonly logLevel: LogLevel;
  /** Which provider serves each method on offer. */
  readonly methods: Readonly<Partial<Record<Method, ProviderName>>>;
  /** What the sandbox's QR holds: its own bank page, or a link in NSPK's form. */
  readonly sandboxLink: 'page' | 'nspk';
  /** The upstream of the `sbp-api` provider; `null` while no method uses it. */
  readonly sbpApi: SbpApiSettings | null;
  /** Calls a minute by API key, payment token and address; 0 for no limit. */
  readonly rateLimit: number;
  /** Open status streams by address; 0 for no limit, by token either. */
  readonly streamLimit: number;
  /** Proxies (addresses, CIDR ranges) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Where each provider's webhooks may come from (addresses, CIDR ranges); from anywhere when it is not listed. */
  readonly webhookAddresses: Readonly<Partial<Record<ProviderName, readonly string[]>>>;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const DEFAULT_BANKS_URL = 'https://qr.nspk.ru/proxyapp/c2bmembers.json';

/** Shorter than 128 bits of anything cannot resist guessing. */
const MIN_SECRET_CHARS = 16;
const DEFAULT_SECRETS = /^(change-?me|secret|password|default|example|test|your[-_ ].*|x+|\*+)\W*$/i;

type Env = Readonly<Record<string, string | undefined>>;

/** Lists every mistake at once: one restart, not one per variable. */
export class ConfigError extends Error {
  readonly mistakes: readonly string[];
  constructor(mistakes: readonly string[]) {
    super(
      `The configuration has ${mistakes.length} mistake(s):\n${mistakes.map((m) => `  - ${m}`).join('\n')}`,
    );
    this.name = 'ConfigError';
    this.mistakes = mistakes;
  }
}

/** Reads the configuration from the environment; throws a {@link ConfigError} that names every mistake. */
export function loadConfig(env: Env, workingDirectory = process.cwd()): Config {
  const mistakes: string[] = [];
  const development = env['NODE_ENV'] === 'development';
  const reader = new EnvReader(env, mistakes);

  const port = reader.port('SBP_PORT', 8787);
  const databaseFile = reader.databaseFile(
    'SBP_DATABASE_URL',
    'file:data/sbp-checkout.sqlite',
    workingDirectory,
  );
  const generated = development ? () => developmentSecrets(dirname(databaseFile)) : null;

  const methods = reader.methods('SBP_METHODS');
  const guard = new AddressGuard({ development });

  const config: Config = {
    development,
    host: reader.text('SBP_HOST', '127.0.0.1'),
    port,
    publicUrl: reader.url('SBP_PUBLIC_URL', `http://localhost:${port}`, ['https:', 'http:']),
    apiKeys: reader.secrets('SBP_API_KEY', generated),
    tokenSecrets: reader.secrets('SBP_TOKEN_SECRET', generated),
    webhookSecrets: reader.secrets('SBP_WEBHOOK_SECRET', generated),
    allowedOrigins: reader.origins('SBP_ALLOWED_ORIGINS'),
    databaseFile,
    banksUrl: reader.url('SBP_BANKS_URL', DEFAULT_BANKS_URL, development ? ['https:', 'http:'] : ['https:']),
    merchantName: reader.text('SBP_MERCHANT_NAME', 'Магазин'),
    logLevel: reader.oneOf('SBP_LOG_LEVEL', LOG_LEVELS, 'info'),
    methods,
    sandboxLink: reader.oneOf('SBP_SANDBOX_LINK', ['page', 'nspk'], 'page'),
    sbpApi: Object.values(methods).includes('sbp-api') ? reader.sbpApi(guard) : null,
    rateLimit: reader.count('SBP_RATE_LIMIT', 600),
    streamLimit: reader.count('SBP_STREAM_LIMIT', 200),
    trustedProxies: reader.addresses('SBP_TRUSTED_PROXIES'),
    webhookAddresses: reader.webhookAddresses('SBP_WEBHOOK_ADDRESSES'),
  };
  const webhookUrl = guard.objection(config.publicUrl);
  if (config.sbpApi && webhookUrl !== null) {
    mistakes.push(`SBP_PUBLIC_URL ${webhookUrl}: the upstream of sbp-api sends its webhooks there`);
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

class EnvReader {
  readonly #env: Env;
  readonly #mistakes: string[];

  constructor(env: Env, mistakes: string[]) {
    this.#env = env;
    this.#mistakes = mistakes;
  }

  text(name: string, fallback: string): string {
    return this.#value(name) ?? fallback;
  }

  port(name: string, fallback: number): number {
    const value = this.#value(name);
    if (value === null) return fallback;
    const port = /^\d{1,5}$/.test(value) ? Number(value) : NaN;
    if (port >= 0 && port <= 65_535) return port;
    this.#mistakes.push(`${name} must be a port number from 0 to 65535, not "${value}"`);
    return fallback;
  }

  /** A whole number; 0 turns off what it counts. */
  count(name: string, fallback: number): number {
    const value = this.#value(name);
    if (value === null) return fallback;
    if (/^\d{1,7}$/.test(value)) return Number(value);
    this.#mistakes.push(`${name} must be a whole number from 0 (off) to 9999999, not "${value}"`);
    return fallback;
  }

  addresses(name: string): string[] {
    return this.#list(name).filter((value) => this.#isAddress(name, value));
  }

  /** `sandbox=127.0.0.1|10.0.0.0/8,…` */
  webhookAddresses(name: string): Partial<Record<ProviderName, string[]>> {
    const byProvider: Partial<Record<ProviderName, string[]>> = {};
    for (const entry of this.#list(name)) {
      const [provider = '', addresses = ''] = entry.split('=').map((part) => part.trim());
      if (!PROVIDER_NAMES.includes(provider as ProviderName)) {
        this.#mistakes.push(`${name}: "${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`);
        continue;
      }
      byProvider[provider as ProviderName] = addresses
        .split('|')
        .map((address) => address.trim())
        .filter((address) => this.#isAddress(name, address));
    }
    return byProvider;
  }

  #isAddress(name: string, value: string): boolean {
    if (isAddressRange(value)) return true;
    this.#mistakes.push(`${name}: "${value}" is neither an IP address nor a range such as 10.0.0.0/8`);
    return false;
  }

  oneOf<T extends string>(name: string, allowed: readonly T[], fallback: T): T {
    const value = this.#value(name);
    if (value === null) return fallback;
    if (allowed.includes(value as T)) return value as T;
    this.#mistakes.push(`${name} must be one of ${allowed.join(', ')}, not "${value}"`);
    return fallback;
  }

  url(name: string, fallback: string, schemes: readonly string[]): string {
    const value = this.#value(name);
    if (value === null) return fallback;
    const url = URL.parse(value);
    if (url && schemes.includes(url.protocol) && !url.username && !url.hash && !url.search)
      return value.replace(/\/+$/, '');
    this.#mistakes.push(
      schemes.includes('http:')
        ? `${name} must be an http(s) address, not "${value}"`
        : `${name} must be an https address, not "${value}" (plain http only with NODE_ENV=development)`,
    );
    return fallback;
  }

  origins(name: string): string[] {
    return this.#list(name).flatMap((value) => {
      const url = URL.parse(value);
      if (url && /^https?:$/.test(url.protocol) && url.origin === value.replace(/\/$/, ''))
        return [url.origin];
      this.#mistakes.push(
        `${name} must list origins such as https://shop.example.ru, without a path; "${value}" is not one`,
      );
      return [];
    });
  }

  secrets(name: SecretName, generated: (() => Record<SecretName, string>) | null): string[] {
    const secrets = this.#list(name);
    if (secrets.length === 0) {
      if (generated) return [generated()[name]];
      this.#mistakes.push(
        `${name} is required: at least ${MIN_SECRET_CHARS} random characters (or ${name}_FILE naming a file that holds them). ` +
          'For a trial, NODE_ENV=development generates one',
      );
      return [];
    }
    if (!generated) this.#checkStrength(name, secrets);
    return secrets;
  }

  sbpApi(guard: AddressGuard): SbpApiSettings {
    const address = this.#required('SBP_SBP_API_URL', 'the upstream’s address');
    const objection = address === '' ? null : guard.objection(address);
    if (objection !== null) this.#mistakes.push(`SBP_SBP_API_URL ${objection}`);
    else if (/[?#]/.test(address)) this.#mistakes.push('SBP_SBP_API_URL must have no query and no fragment');
    const token = this.#required('SBP_SBP_API_TOKEN', 'the key to the upstream’s API');
    if (!/^[\x21-\x7e]*$/.test(token)) {
      this.#mistakes.push('SBP_SBP_API_TOKEN must be printable ASCII without spaces');
    }
    const webhookSecrets = splitList(
      this.#required('SBP_SBP_API_WEBHOOK_SECRET', 'the secret that the upstream signs its webhooks with'),
    );
    // Whoever guesses it can report payments as paid.
    this.#checkStrength('SBP_SBP_API_WEBHOOK_SECRET', webhookSecrets);
    return { baseUrl: apiBase(address), token, webhookSecrets };
  }

  databaseFile(name: string, fallback: string, workingDirectory: string): string {
    const value = this.#value(name) ?? fallback;
    const match = /^file:(?:\/\/)?([^?#]+)$/.exec(value);
    if (match) return resolve(workingDirectory, match[1]!);
    this.#mistakes.push(
      `${name} must be file:<path of the SQLite file>, not "${value.replace(/\/\/[^@/]*@/, '//***@')}"`,
    );
    return resolve(workingDirectory, 'data/sbp-checkout.sqlite');
  }

  methods(name: string): Partial<Record<Method, ProviderName>> {
    const entries = this.#list(name);
    const methods: Partial<Record<Method, ProviderName>> = {};
    for (const entry of entries.length > 0 ? entries : METHODS) {
      const [method, provider = 'sandbox'] = entry.split('=').map((part) => part.trim());
      if (!METHODS.includes(method as Method)) {
        this.#mistakes.push(`${name}: "${method ?? ''}" is no method; there are ${METHODS.join(', ')}`);
      } else if (!PROVIDER_NAMES.includes(provider as ProviderName)) {
        this.#mistakes.push(`${name}: "${provider}" is no provider; there are ${PROVIDER_NAMES.join(', ')}`);
      } else {
        methods[method as Method] = provider as ProviderName;
      }
    }
    return methods;
  }

  #required(name: string, meaning: string): string {
    const value = this.#value(name);
    if (value === null) {
      this.#mistakes.push(`${name} is required while SBP_METHODS uses sbp-api: ${meaning} (or ${name}_FILE)`);
    }
    return value ?? '';
  }

  #checkStrength(name: string, secrets: readonly string[]): void {
    for (const secret of secrets) {
      if (DEFAULT_SECRETS.test(secret))
        this.#mistakes.push(`${name} is a well-known default: choose a random one`);
      else if (secret.length < MIN_SECRET_CHARS) {
        this.#mistakes.push(`${name} is too short: at least ${MIN_SECRET_CHARS} random characters`);
      }
    }
  }

  #list(name: string): string[] {
    return splitList(this.#value(name) ?? '');
  }

  /** The variable, or the file its `…_FILE` sibling names; an empty one counts as unset. */
  #value(name: string): string | null {
    const file = this.#env[`${name}_FILE`];
    const value = this.#env[name];
    if (file && value) this.#mistakes.push(`${name} and ${name}_FILE are both set: keep one`);
    if (!file) return blankToNull(value ?? '');
    try {
      return blankToNull(readFileSync(file, 'utf8'));
    } catch (error) {
      this.#mistakes.push(
        `${name}_FILE cannot be read: ${error instanceof Error ? error.message : String(error)}`,
      );
      return null;
    }
  }
}

function splitList(value: string): string[] {
  return value
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function blankToNull(value: string): string | null {
  const trimmed = value.trim();
  return trimmed === '' ? null : trimmed;
}

const SECRET_NAMES = ['SBP_API_KEY', 'SBP_TOKEN_SECRET', 'SBP_WEBHOOK_SECRET'] as const;
type SecretName = (typeof SECRET_NAMES)[number];

/** Where generated secrets lie, beside the database they belong to. */
export const DEVELOPMENT_SECRETS_FILE = 'development-secrets.json';

function readSecretsFile(file: string): Record<SecretName, string> {
  try {
    const secrets = JSON.parse(readFileSync(file, 'utf8')) as Record<SecretName, string>;
    if (SECRET_NAMES.every((name) => typeof secrets[name] === 'string')) return secrets;
  } catch {
    // told below: whatever is wrong with it, the way on is the same
  }
  throw new ConfigError([`${file} is damaged: delete it, and new development secrets will be made`]);
}

/** Secrets for trials, kept beside the database so that open payment pages survive a restart. */
function developmentSecrets(directory: string): Record<SecretName, string> {
  const file = join(directory, DEVELOPMENT_SECRETS_FILE);
  if (existsSync(file)) return readSecretsFile(file);
  const secrets = Object.fromEntries(
    SECRET_NAMES.map((name) => [name, `dev_${randomBytes(24).toString('base64url')}`]),
  ) as Record<SecretName, string>;
  mkdirSync(directory, { recursive: true });
  writeFileSync(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}
