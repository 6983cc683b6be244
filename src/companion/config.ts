import { dirname } from 'node:path';
import type { Method } from '../protocol/snapshot.ts';
import { FILE_MODES, type FileMode } from './lib/file-mode.ts';
import { LOG_LEVELS, type LogLevel } from './lib/logging.ts';
import { ConfigError } from './env/config-error.ts';
import { developmentSecrets } from './env/development-secrets.ts';
import type { Env } from './env/env.ts';
import { EnvReader } from './env/env-reader.ts';
import type { BankListSource } from './banks/list-source.ts';
import { nspkList, readBankListSource } from './banks/settings.ts';
import { checkNames } from './env/known-variables.ts';
import { sharedSecrets } from './env/secret-form.ts';
import { readTestMode } from './env/test-mode.ts';
import { classOfHost } from './outbound/address-class.ts';
import { objectionToHost } from './outbound/allowed-hosts.ts';
import { objectionToConfigured } from './outbound/address-guard.ts';
import { readProxies, type ProxySettings } from './outbound/proxies.ts';
import type { ProviderName } from './env/provider-names.ts';
import { readFreepaymentSettings, type FreepaymentSettings } from './providers/freepayment/settings.ts';
import { bankListOf, readSbpApiSettings, type SbpApiSettings } from './providers/sbp-api/settings.ts';
import { readSberbankSettings, type SberbankSettings } from './providers/sberbank/settings.ts';
import { SettingsReader } from './providers/settings-reader.ts';
import { readSmartGlocalSettings, type SmartGlocalSettings } from './providers/smart-glocal/settings.ts';

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
  readonly bankList: BankListSource;
  readonly merchantName: string;
  readonly logLevel: LogLevel;
  /** The mode of the files that the companion makes. */
  readonly fileMode: FileMode;
  /** Which provider serves each method on offer. */
  readonly methods: Readonly<Partial<Record<Method, ProviderName>>>;
  /** Whether the methods on offer move no money. New payments take it over. */
  readonly test: boolean;
  /** What the sandbox's QR holds: its own bank page, or a link in NSPK's form. */
  readonly sandboxLink: 'page' | 'nspk';
  /**
   * The settings of each provider; `null` without any of its variables. A provider that no method names gets no new payments:
   * its earlier ones are asked about, refunded and heard of.
   */
  readonly sbpApi: SbpApiSettings | null;
  readonly freepayment: FreepaymentSettings | null;
  readonly smartGlocal: SmartGlocalSettings | null;
  readonly sberbank: SberbankSettings | null;
  /** The merchant's server that lets a payment through whose provider asks first; `null`: all are let through. */
  readonly confirmUrl: string | null;
  /** Calls a minute by API key, payment token and address; 0 for no limit. */
  readonly rateLimit: number;
  /** Open status streams by address; 0 for no limit, by token either. */
  readonly streamLimit: number;
  /** Days after which a payment that nothing happens to loses its personal data and its token; 0 for never. */
  readonly retentionDays: number;
  /** For how many hours after its first expiry a payer may begin a payment anew; 0 for never. */
  readonly renewHours: number;
  /** Proxies (addresses, CIDR ranges) whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** The environment's proxies, which calls to configured addresses go through. */
  readonly proxies: ProxySettings;
  /** Hosts inside our own network that a `callback_url` may lead to, by plain http as well: `host` or `host:port`. */
  readonly callbackHosts: readonly string[];
  /** Whether calls to a `callback_url` go through the proxies, which guard them then. */
  readonly callbackProxy: boolean;
  /** Where each provider's webhooks may come from (addresses, CIDR ranges); from anywhere when it is not listed. */
  readonly webhookAddresses: Readonly<Partial<Record<ProviderName, readonly string[]>>>;
  /** Sentences for the log at every start. */
  readonly warnings: readonly string[];
}

/** Reads the configuration from the environment; throws a {@link ConfigError} that names every mistake. */
export function loadConfig(env: Env, workingDirectory = process.cwd()): Config {
  const mistakes: string[] = [];
  const warnings: string[] = [];
  const development = env['NODE_ENV'] === 'development';
  const reader = new EnvReader(env, mistakes);

  const port = reader.port('SBP_PORT', 8787);
  const databaseFile = reader.databaseFile(
    'SBP_DATABASE_URL',
    'file:data/sbp-checkout.sqlite',
    workingDirectory,
  );
  const fileMode = reader.oneOf('SBP_FILE_MODE', FILE_MODES, 'private');
  const generated = development ? () => developmentSecrets(dirname(databaseFile), fileMode) : null;

  const methods = reader.methods('SBP_METHODS', development ? 'sandbox' : null);
  const proxies = readProxies(
    (name) => reader.optional(name),
    (text) => reader.mistake(text),
  );
  const isUsed = (name: ProviderName) => Object.values(methods).includes(name);
  const sbpApi = readProvider(reader, development, 'sbp-api', isUsed, readSbpApiSettings);
  const freepayment = readProvider(reader, development, 'freepayment', isUsed, readFreepaymentSettings);
  const smartGlocal = readProvider(reader, development, 'smart-glocal', isUsed, readSmartGlocalSettings);
  const sberbank = readProvider(reader, development, 'sberbank', isUsed, readSberbankSettings);
  const testMode = readTestMode({
    methods,
    testProviders: testProviders({ 'sbp-api': sbpApi, freepayment, 'smart-glocal': smartGlocal, sberbank }),
    development,
    allowed: reader.oneOf('SBP_SANDBOX', ['forbid', 'allow'], 'forbid') === 'allow',
  });
  const confirmUrl = reader.url('SBP_CONFIRM_URL', '', development ? ['https:', 'http:'] : ['https:']);

  // Whoever sits behind an upstream need not reach NSPK.
  const bankList =
    readBankListSource(reader, development ? ['https:', 'http:'] : ['https:']) ??
    (sbpApi && isUsed('sbp-api') ? bankListOf(sbpApi) : nspkList());

  const config: Config = {
    development,
    host: reader.host('SBP_HOST', '127.0.0.1'),
    port,
    publicUrl: reader.url('SBP_PUBLIC_URL', `http://localhost:${port}`, ['https:', 'http:']),
    apiKeys: reader.secrets('SBP_API_KEY', generated),
    tokenSecrets: reader.secrets('SBP_TOKEN_SECRET', generated),
    webhookSecrets: reader.secrets('SBP_WEBHOOK_SECRET', generated),
    allowedOrigins: reader.origins('SBP_ALLOWED_ORIGINS'),
    databaseFile,
    bankList,
    merchantName: reader.text('SBP_MERCHANT_NAME', 'Магазин'),
    logLevel: reader.oneOf('SBP_LOG_LEVEL', LOG_LEVELS, 'info'),
    fileMode,
    methods,
    test: testMode.test,
    sandboxLink: reader.oneOf('SBP_SANDBOX_LINK', ['page', 'nspk'], 'page'),
    sbpApi,
    freepayment,
    smartGlocal,
    sberbank,
    confirmUrl: confirmUrl === '' ? null : confirmUrl,
    rateLimit: reader.count('SBP_RATE_LIMIT', 600),
    streamLimit: reader.count('SBP_STREAM_LIMIT', 200),
    retentionDays: reader.count('SBP_RETENTION_DAYS', 365),
    renewHours: reader.count('SBP_RENEW_HOURS', 24),
    trustedProxies: reader.addresses('SBP_TRUSTED_PROXIES'),
    proxies,
    callbackHosts: readCallbackHosts(reader),
    callbackProxy: reader.oneOf('SBP_CALLBACK_PROXY', ['on', 'off'], 'off') === 'on',
    webhookAddresses: reader.webhookAddresses('SBP_WEBHOOK_ADDRESSES'),
    warnings,
  };
  mistakes.push(
    ...sharedSecrets({
      SBP_API_KEY: config.apiKeys,
      SBP_TOKEN_SECRET: config.tokenSecrets,
      SBP_WEBHOOK_SECRET: config.webhookSecrets,
    }),
  );
  const ignored = reader.list('SBP_IGNORE');
  // Last: by now every setting has been asked for.
  const names = checkNames(env, reader.names, ignored);
  mistakes.push(...testMode.mistakes, ...names.mistakes);
  warnings.push(...testMode.warnings, ...names.warnings);
  if (config.callbackProxy && proxies.https === null) {
    mistakes.push('SBP_CALLBACK_PROXY=on needs a proxy: HTTPS_PROXY');
  }
  if (confirmUrl !== '') {
    const objection = objectionToConfigured(confirmUrl, development);
    if (objection !== null) mistakes.push(`SBP_CONFIRM_URL ${objection}`);
  }
  const webhookUrl = objectionToPublicUrl(config.publicUrl, development);
  if ((config.sbpApi ?? config.freepayment ?? config.smartGlocal) && webhookUrl !== null) {
    mistakes.push(`SBP_PUBLIC_URL ${webhookUrl}: the provider sends its webhooks there`);
  }
  if (mistakes.length > 0) throw new ConfigError(mistakes);
  return config;
}

function readCallbackHosts(reader: EnvReader): string[] {
  return reader.list('SBP_CALLBACK_HOSTS').filter((entry) => {
    const objection = objectionToHost(entry);
    if (objection !== null) reader.mistake(`SBP_CALLBACK_HOSTS: ${objection}`);
    return objection === null;
  });
}

/** Returns why a provider's webhooks cannot reach us. A provider on our own network reaches us there. */
function objectionToPublicUrl(publicUrl: string, development: boolean): string | null {
  const objection = objectionToConfigured(publicUrl, development);
  const isLoopback = classOfHost(new URL(publicUrl).hostname) === 'loopback';
  return objection ?? (isLoopback && !development ? 'must not lead to this machine itself' : null);
}

/**
 * The settings of one provider: those of one that a method names, and of one that has any. Every provider's are asked for,
 * so that their names are known. `null` without any.
 */
function readProvider<T>(
  reader: EnvReader,
  development: boolean,
  name: ProviderName,
  isUsed: (name: ProviderName) => boolean,
  read: (settings: SettingsReader) => T,
): T | null {
  const mistakes: string[] = [];
  const aside = reader.aside(mistakes);
  const settings = read(new SettingsReader(aside, development));
  const used = isUsed(name);
  if (!used && !aside.foundAny) return null;
  if (!used && mistakes.length > 0) {
    reader.mistake(
      `No method in SBP_METHODS names ${name}, but some of its settings are there: complete them, so that its earlier payments ` +
        'are looked after, or remove all of them',
    );
  }
  mistakes.forEach((mistake) => reader.mistake(mistake));
  return settings;
}

function testProviders(
  settings: Readonly<Record<Exclude<ProviderName, 'sandbox'>, { readonly test: boolean } | null>>,
): Set<ProviderName> {
  const tests = Object.entries(settings).filter(([, provider]) => provider?.test === true);
  return new Set(['sandbox', ...tests.map(([name]) => name as ProviderName)]);
}

export { ConfigError };
