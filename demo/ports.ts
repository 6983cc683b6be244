import { once } from 'node:events';
import { createServer, type Server } from 'node:net';
import { CommandError } from '../src/companion/cli/command-error.ts';
import { listenError } from '../src/companion/cli/listen-error.ts';
import type { Config } from '../src/companion/index.ts';

/** Listens on the shop's port. Throws a {@link CommandError} that names the variable to change. */
export async function listenForShop(server: Server, port: number): Promise<void> {
  try {
    await listen(server, port, '0.0.0.0');
  } catch (error) {
    const code = codeOf(error);
    if (code === 'EADDRINUSE' && (await isDemo(port))) throw new CommandError(alreadyRuns(port));
    if (code === 'EADDRINUSE') {
      throw new CommandError(
        `DEMO_SHOP_PORT: another program listens on port ${port} already (${code}): end it, or choose another port, ` +
          `such as DEMO_SHOP_PORT=${port + 1} npm run demo`,
      );
    }
    if (code === 'EACCES') {
      throw new CommandError(
        `DEMO_SHOP_PORT: this user may not listen on port ${port} (${code}): choose one above 1023, such as 5173`,
      );
    }
    throw error;
  }
}

/** Checks before the long build that the companion's port is free. Throws a {@link CommandError} that names the variable to change. */
export async function checkCompanionPort(config: Config): Promise<void> {
  const probe = createServer();
  try {
    await listen(probe, config.port, config.host);
  } catch (error) {
    throw listenError(error, config);
  }
  probe.close();
  await once(probe, 'close');
}

function alreadyRuns(port: number): string {
  return (
    `A demo runs already: http://localhost:${port}. End it by Ctrl-C where it was started, or give this one ports and a ` +
    `database of its own:\n  DEMO_SHOP_PORT=${port + 1} SBP_PORT=8788 SBP_DATABASE_URL=file:data/demo-2.sqlite npm run demo`
  );
}

async function isDemo(port: number): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/api/about`, {
      signal: AbortSignal.timeout(2_000),
    });
    return response.ok && 'lanUrl' in ((await response.json()) as object);
  } catch {
    return false; // another program
  }
}

async function listen(server: Server, port: number, host: string): Promise<void> {
  server.listen(port, host);
  await once(server, 'listening');
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && 'code' in error ? String(error.code) : null;
}
