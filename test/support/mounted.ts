import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { pino } from 'pino';
import { createCompanion, loadConfig, type Companion } from '../../src/companion/index.ts';
import { freePort, testEnv } from './companion.ts';

/** Creates a companion that does not listen, for mounting. Returns it with the port in its public URL. */
export async function mountable(
  t: TestContext,
  env: Record<string, string> | ((port: number) => Record<string, string>) = {},
): Promise<{ companion: Companion; port: number; directory: string }> {
  const directory = await mkdtemp(join(tmpdir(), 'sbp-mount-'));
  const port = await freePort();
  const more = typeof env === 'function' ? env(port) : env;
  const config = loadConfig({ ...testEnv(port, directory), ...more });
  const companion = await createCompanion({ config, log: pino({ level: 'silent' }) });
  t.after(async () => {
    await companion.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { companion, port, directory };
}

/** `at`: a port, or the path of a socket file. */
export async function serve(t: TestContext, at: number | string, listener: RequestListener): Promise<void> {
  const server = createServer(listener);
  const where = typeof at === 'string' ? { path: at } : { port: at, host: '127.0.0.1' };
  await new Promise<void>((resolve) => server.listen(where, resolve));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
}
