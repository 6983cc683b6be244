import type { Config } from '../config.ts';
import { CommandError } from './command-error.ts';

const HOST_ADVICE =
  'use 127.0.0.1, or 0.0.0.0 for all addresses; the address for payers belongs into SBP_PUBLIC_URL';

/** Returns an error that names the setting to change; the same error when it is about neither host nor port. */
export function listenError(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError(
        `SBP_PORT: another program already listens on ${host} port ${port} (EADDRINUSE): stop it, or choose another port`,
      );
    case 'EACCES':
      return new CommandError(
        `SBP_PORT: this user may not listen on port ${port} (EACCES): choose one above 1023, such as 8787`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new CommandError(
        `SBP_HOST: ${host} is no address of this machine (${error.code}): ${HOST_ADVICE}`,
      );
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(`SBP_HOST: no address is known for ${host} (${error.code}): ${HOST_ADVICE}`);
    default:
      return error;
  }
}
