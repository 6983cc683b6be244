import { dirname } from 'node:path';
import * as v from 'valibot';
import type { BankListSource } from './banks/list-source.ts';
import { bankListSettings, nspkList } from './banks/settings.ts';
import { ConfigError } from './env/config-error.ts';
import { developmentSecrets, type SecretName } from './env/development-secrets.ts';
import type { Env } from './env/env.ts';
import { findUnknownVariables } from './env/known-variables.ts';
import { readMethods, type ProviderByMethod } from './env/methods.ts';
import {
  addressRanges,
  count,
  databaseFile,
  faultless,
  list,
  listenHost,
  listOf,
  oneOf,
  origins,
  port,
  secrets,
  text,
  url,
  variable,
  webhookAddresses,
} from './env/schemas.ts';
import { findReusedSecrets, SECRET_IS_REQUIRED } from './env/secret-form.ts';
import { readTestMode } from './env/test-mode.ts';
import { readSettings, readVariable, variableNames } from './env/variables.ts';
import { FILE_MODES } from './lib/file-mode.ts';
import { LOG_LEVELS } from './lib/logging.ts';
import { classOfHost } from './outbound/address-class.ts';
import { objectionToHost } from './outbound/allowed-hosts.ts';
import { objectionToConfigured } from './outbound/address-guard.ts';
import { readProxies, type ProxySettings } from './outbound/proxies.ts';
import { upstreamBankList } from './providers/sbp-api/settings.ts';
import { providerSchemas, readProviderSettings, type ProviderSettings } from './providers/settings.ts';

const DEFAULT_PORT = 8787;

function generalSettings(development: boolean, workingDirectory: string) {
  const secretList = secrets(SECRET_IS_REQUIRED, !development);
  // Development generates missing secrets.
  const ownSecrets = development ? v.nullable(secretList) : secretList;
  return v.object({
    host: variable('SBP_HOST', listenHost('127.0.0.1')),
    port: variable('SBP_PORT', port('SBP_PORT', DEFAULT_PORT)),
    publicUrl: variable('SBP_PUBLIC_URL', v.nullable(url(['https:', 'http:']))),
    apiKeys: variable('SBP_API_KEY', ownSecrets),
    tokenSecrets: variable('SBP_TOKEN_SECRET', ownSecrets),
    webhookSecrets: variable('SBP_WEBHOOK_SECRET', ownSecrets),
    /** Origins whose pages may embed the element. */
    allowedOrigins: variable('SBP_ALLOWED_ORIGINS', origins),
    /** Absolute path of the SQLite file. */
    databaseFile: variable(
      'SBP_DATABASE_URL',
      databaseFile(workingDirectory, 'file:data/sbp-checkout.sqlite'),
    ),
    /** The permissions of the files that the companion creates. */
    fileMode: variable('SBP_FILE_MODE', oneOf(FILE_MODES, 'private')),
    merchantName: variable('SBP_MERCHANT_NAME', text('Магазин')),
    logLevel: variable('SBP_LOG_LEVEL', oneOf(LOG_LEVELS, 'info')),
    /** The content of the sandbox's QR: its own bank page, or a link in NSPK's form. */
    sandboxLink: variable('SBP_SANDBOX_LINK', oneOf(['page', 'nspk'], 'page')),
    /** The merchant's address that approves a payment when its provider asks first; `null`: every payment is approved. */
    confirmUrl: variable(
      'SBP_CONFIRM_URL',
      v.nullable(
        v.pipe(
          url(schemes(development)),
          faultless((address) => objectionToConfigured(address, development)),
        ),
      ),
    ),
    /** Calls a minute for each API key, payment token and address; 0 for no limit. */
    rateLimit: variable('SBP_RATE_LIMIT', count(600)),
    /** Open status streams for each address; 0 turns this limit and the one for each token off. */
    streamLimit: variable('SBP_STREAM_LIMIT', count(200)),
    /** Days without a change after which a payment loses its personal data and its token; 0 for never. */
    retentionDays: variable('SBP_RETENTION_DAYS', count(365)),
    /** Hours after its first expiry in which the payer may renew a payment; 0 for never. */
    renewHours: variable('SBP_RENEW_HOURS', count(24)),
    /** Proxies (addresses, CIDR ranges) whose X-Forwarded-For is trusted. */
    trustedProxies: variable('SBP_TRUSTED_PROXIES', addressRanges),
    /** Hosts inside our own network that a `callback_url` may name, also with plain http: `host` or `host:port`. */
    callbackHosts: variable('SBP_CALLBACK_HOSTS', listOf(objectionToHost)),
    /** True if calls to a `callback_url` use the proxies, which then must keep them out of our own network. */
    callbackProxy: variable(
      'SBP_CALLBACK_PROXY',
      v.pipe(
        oneOf(['on', 'off'], 'off'),
        v.transform((value) => value === 'on'),
      ),
    ),
    /** The addresses and CIDR ranges that each provider's webhooks may come from; any address for an unlisted provider. */
    webhookAddresses: variable('SBP_WEBHOOK_ADDRESSES', webhookAddresses),
  });
}

/** Settings that only `loadConfig` needs. */
const LOADER_SETTINGS = v.object({
  methods: variable('SBP_METHODS', list),
  sandbox: variable('SBP_SANDBOX', oneOf(['forbid', 'allow'], 'forbid')),
  ignored: variable('SBP_IGNORE', list),
});

type GeneralSettings = v.InferOutput<ReturnType<typeof generalSettings>>;

/** The checked configuration of the companion. */
export interface Config
  extends
    Readonly<Omit<GeneralSettings, 'publicUrl' | 'apiKeys' | 'tokenSecrets' | 'webhookSecrets'>>,
    ProviderSettings {
  /** True with `NODE_ENV=development`: plain-http and loopback addresses are allowed, and missing secrets are generated. */
  readonly development: boolean;
  /** The address at which payers' browsers reach this server; without a trailing slash. */
  readonly publicUrl: string;
  /** Each of them opens the merchant API; several during a rotation. */
  readonly apiKeys: readonly string[];
  /** The first signs payment tokens, all are accepted. */
  readonly tokenSecrets: readonly string[];
  /** The first signs webhooks to merchants; all are accepted on the sandbox's webhooks. */
  readonly webhookSecrets: readonly string[];
  readonly bankList: BankListSource;
  /** The provider of each method on offer. */
  readonly methods: Readonly<ProviderByMethod>;
  /** True if the methods on offer move no money. Stored with each new payment. */
  readonly test: boolean;
  /** The environment's proxies for calls to configured addresses. */
  readonly proxies: ProxySettings;
  /** Sentences for the log at every start. */
  readonly warnings: readonly string[];
}

/** Returns the configuration from the environment. Throws a {@link ConfigError} that names every mistake. */
export function loadConfig(env: Env, workingDirectory = process.cwd()): Config {
  const development = env['NODE_ENV'] === 'development';
  const schemas = {
    general: generalSettings(development, workingDirectory),
    loader: LOADER_SETTINGS,
    banks: bankListSettings(schemes(development)),
    ...providerSchemas(development),
  };
  const general = readSettings(schemas.general, env);
  const { valid } = general;
  const { valid: loader, mistakes: loaderMistakes } = readSettings(schemas.loader, env);
  const banks = readSettings(schemas.banks, env);
  const offer = readMethods(loader.methods ?? [], development ? 'sandbox' : null);
  const usedProviders = Object.values(offer.methods);
  const providers = readProviderSettings(schemas, env, usedProviders);
  const proxyMistakes: string[] = [];
  const proxies = readProxies(
    (name) => {
      const { text, fault } = readVariable(name, env);
      if (fault !== null) proxyMistakes.push(fault);
      return text;
    },
    (mistake) => proxyMistakes.push(mistake),
  );
  const testMode = readTestMode({
    methods: offer.methods,
    testProviders: providers.test,
    faultyProviders: providers.faulty,
    development,
    // A mistake in SBP_SANDBOX is reported once.
    allowed: loader.sandbox !== 'forbid',
  });
  const known = new Set(Object.values(schemas).flatMap(variableNames));
  const unknown = findUnknownVariables(env, known, loader.ignored ?? []);
  const publicUrl = valid.publicUrl ?? `http://localhost:${valid.port ?? DEFAULT_PORT}`;

  const mistakes = [
    ...general.mistakes,
    ...loaderMistakes,
    // Quotes around SBP_METHODS are reported once.
    ...(loader.methods === undefined ? [] : offer.mistakes),
    ...banks.mistakes,
    ...providers.mistakes,
    ...proxyMistakes,
    ...findReusedSecrets({
      SBP_API_KEY: valid.apiKeys ?? [],
      SBP_TOKEN_SECRET: valid.tokenSecrets ?? [],
      SBP_WEBHOOK_SECRET: valid.webhookSecrets ?? [],
    }),
    ...testMode.mistakes,
    ...unknown.mistakes,
  ];
  if (valid.callbackProxy && proxies.https === null) {
    mistakes.push('SBP_CALLBACK_PROXY=on needs a proxy: HTTPS_PROXY');
  }
  const webhookFault = webhookAddressFault(publicUrl, development);
  if (webhookFault !== null && WEBHOOK_PROVIDERS.some((name) => providers.configured.has(name))) {
    mistakes.push(`SBP_PUBLIC_URL ${webhookFault}: the provider sends its webhooks there`);
  }
  if (mistakes.length > 0 || general.settings === null) throw new ConfigError(mistakes);

  const { settings } = general;
  const { sbpApi } = providers.settings;
  // A companion behind an upstream may have no route to NSPK.
  const ownList = sbpApi && usedProviders.includes('sbp-api') ? upstreamBankList(sbpApi) : nspkList();
  const generated = (name: SecretName) => [
    developmentSecrets(dirname(settings.databaseFile), settings.fileMode)[name],
  ];
  return {
    development,
    ...settings,
    ...providers.settings,
    publicUrl,
    apiKeys: settings.apiKeys ?? generated('SBP_API_KEY'),
    tokenSecrets: settings.tokenSecrets ?? generated('SBP_TOKEN_SECRET'),
    webhookSecrets: settings.webhookSecrets ?? generated('SBP_WEBHOOK_SECRET'),
    bankList: banks.settings ?? ownList,
    methods: offer.methods,
    test: testMode.test,
    proxies,
    warnings: [...testMode.warnings, ...unknown.warnings],
  };
}

/** Providers that send webhooks to the public URL. */
const WEBHOOK_PROVIDERS = ['sbp-api', 'freepayment', 'smart-glocal'] as const;

function schemes(development: boolean): string[] {
  return development ? ['https:', 'http:'] : ['https:'];
}

/** Returns why a provider cannot send webhooks to this address; `null` for a good one. It may be inside our own network. */
function webhookAddressFault(publicUrl: string, development: boolean): string | null {
  const isLoopback = classOfHost(new URL(publicUrl).hostname) === 'loopback';
  return (
    objectionToConfigured(publicUrl, development) ??
    (isLoopback && !development ? 'must not lead to this machine itself' : null)
  );
}

export { ConfigError };
