import type { Config } from '../config.ts';
import { CommandError } from './command-error.ts';

const NOT_HERE = 'take 127.0.0.1, or 0.0.0.0 for all; what payers call it belongs into SBP_PUBLIC_URL';

/** Returns the error as one that names the setting to change; as it is when it is about neither host nor port. */
export function listenError(error: unknown, { host, port }: Pick<Config, 'host' | 'port'>): unknown {
  if (!(error instanceof Error) || !('code' in error)) return error;
  switch (error.code) {
    case 'EADDRINUSE':
      return new CommandError(
        `SBP_PORT: another program listens on ${host} port ${port} already (EADDRINUSE): end it, or choose another port`,
      );
    case 'EACCES':
      return new CommandError(
        `SBP_PORT: this user may not listen on port ${port} (EACCES): choose one above 1023, such as 8787`,
      );
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
      return new CommandError(`SBP_HOST: ${host} is no address of this machine (${error.code}): ${NOT_HERE}`);
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return new CommandError(`SBP_HOST: no address is known for ${host} (${error.code}): ${NOT_HERE}`);
    default:
      return error;
  }
}
