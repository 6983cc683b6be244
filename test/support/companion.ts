import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { createCompanion, type Companion, type CompanionOptions } from '../../src/companion/companion.ts';
import { loadConfig, type Config } from '../../src/companion/config.ts';
import { assertCleanAddresses } from './address-scan.ts';
import { assertNoLeaks } from './log-scan.ts';
import { assertNoTokensStored } from './token-scan.ts';
import { API_KEY, secretsOf, TOKEN_SECRET, WEBHOOK_SECRET } from './secrets.ts';

export { API_KEY, TOKEN_SECRET, WEBHOOK_SECRET };

/** The environment of a companion that calls only this machine. */
export function testEnv(port: number, directory: string): Record<string, string> {
  return {
    NODE_ENV: 'development',
    SBP_HOST: '127.0.0.1',
    SBP_PORT: String(port),
    SBP_PUBLIC_URL: `http://127.0.0.1:${port}`,
    SBP_API_KEY: API_KEY,
    SBP_TOKEN_SECRET: TOKEN_SECRET,
    SBP_WEBHOOK_SECRET: WEBHOOK_SECRET,
    SBP_DATABASE_URL: `file:${join(directory, 'test.sqlite')}`,
    SBP_BANKS_URL: 'http://127.0.0.1:9/no-banks.json',
    SBP_METHODS: 'sbp=sandbox,sberpay=sandbox,buyer_qr=sandbox',
    // Some tests run outside development.
    SBP_SANDBOX: 'allow',
    SBP_MERCHANT_NAME: 'Ромашка',
    // All test calls come from one address, many in a second.
    SBP_RATE_LIMIT: '0',
    SBP_STREAM_LIMIT: '0',
  };
}

export interface TestCompanion {
  readonly companion: Companion;
  readonly url: string;
  readonly databaseFile: string;
  /** Returns all log lines so far. */
  readonly logs: () => string;
  api(path: string, init?: RequestInit & { json?: unknown }): Promise<Response>;
  /** Creates a payment. Fails unless the response is 201. */
  createPayment(fields?: Record<string, unknown>): Promise<CreatedPayment>;
  checkout(path: string, token: string, headers?: Record<string, string>): Promise<Response>;
  sandbox(paymentId: string, action: string): Promise<Response>;
  /** Stops the companion. Fails if a log line, an address or the database contains a secret. */
  close(): Promise<void>;
  /** Stops the companion like `close`, and removes its data. */
  stop(): Promise<void>;
}

export interface CreatedPayment {
  payment_id: string;
  order_id: string;
  status: string;
  token: string;
  qr_payload: string;
  qr_id: string;
  qr_svg: string;
  qr_png: string;
  payment_url: string;
  expires_at: string;
  deep_link?: string | null;
  [field: string]: unknown;
}

/** Starts a companion in this process, with its own port and database. */
export async function startCompanion(
  env: Record<string, string> = {},
  {
    settings,
    ...options
  }: Pick<CompanionOptions, 'now' | 'monotonic' | 'resolve' | 'store' | 'providers'> & {
    /** Settings that environment variables cannot express, such as a fraction of a day. */
    settings?: Partial<Config>;
  } = {},
): Promise<TestCompanion> {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-checkout-'));
  const port = env['SBP_PORT'] === undefined ? await freePort() : Number(env['SBP_PORT']);
  const lines: string[] = [];
  const standIn = options.providers?.sandbox;
  // The test's provider may offer fewer methods than the sandbox.
  const methods = standIn && {
    SBP_METHODS: standIn.capabilities.methods.map((method) => `${method}=sandbox`).join(),
  };
  const fullEnv = { ...testEnv(port, directory), ...methods, ...env };
  const config = { ...loadConfig(fullEnv), ...settings };
  const log = pino({ level: 'trace' }, { write: (line: string) => void lines.push(line) });
  const companion = await createCompanion({ config, log, ...travelling(options), ...options });
  await companion.listen();
  async function close(): Promise<void> {
    await companion.close();
    assertNoLeaks(lines.join(''), secretsOf(fullEnv));
    assertProblemsDeclared(lines);
    assertCleanAddresses();
    assertNoTokensStored(config.databaseFile);
  }
  const client = apiClient(`http://127.0.0.1:${port}`);
  return {
    companion,
    databaseFile: config.databaseFile,
    logs: () => lines.join(''),
    ...client,
    close,
    stop: () => close().finally(() => rm(directory, { recursive: true, force: true })),
  };
}

/** Fails if a route has answered with a problem code that its declaration does not list. */
function assertProblemsDeclared(lines: readonly string[]): void {
  const undeclared = lines.filter((line) => line.includes('"undeclared problem code"'));
  assert.deepEqual(undeclared, []);
}

/** Calls a companion like a merchant's server, a payer's page and the sandbox's script. */
export function apiClient(url: string) {
  async function api(
    path: string,
    { json, headers, ...init }: RequestInit & { json?: unknown } = {},
  ): Promise<Response> {
    return fetch(`${url}/api/sbp/v1${path}`, {
      ...(json === undefined ? {} : { method: 'POST', body: JSON.stringify(json) }),
      ...init,
      headers: {
        authorization: `Bearer ${API_KEY}`,
        ...(json === undefined ? {} : { 'content-type': 'application/json' }),
        ...(headers as Record<string, string> | undefined),
      },
    });
  }
  return {
    url,
    api,
    async createPayment(fields: Record<string, unknown> = {}): Promise<CreatedPayment> {
      const response = await api('/payments', { json: { order_id: 'ORD-1', amount: 125_000, ...fields } });
      if (response.status !== 201) throw new Error(`${response.status}: ${await response.text()}`);
      return (await response.json()) as CreatedPayment;
    },
    checkout: (path: string, token: string, headers: Record<string, string> = {}) =>
      fetch(`${url}/checkout/v1${path}`, { headers: { authorization: `Bearer ${token}`, ...headers } }),
    sandbox: (paymentId: string, action: string) =>
      fetch(`${url}/sandbox/payments/${paymentId}/${action}`, { method: 'POST' }),
  };
}

/** Moving a test's clock means that time passes, not that the wall clock jumps. So the monotonic clock moves along. */
function travelling({ now }: Pick<CompanionOptions, 'now'>): Pick<CompanionOptions, 'monotonic'> {
  return now ? { monotonic: now } : {};
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}
