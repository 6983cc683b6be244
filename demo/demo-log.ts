import type { Logger } from 'pino';
import { createLogger } from '../src/companion/lib/logging.ts';
import type { Config } from '../src/companion/index.ts';

export interface DemoLog {
  readonly logger: Logger;
  /** Prints the held lines, and from now on each line at once. */
  open(): void;
}

const LEVELS: Readonly<Record<number, string>> = {
  10: 'trace',
  20: 'debug',
  30: 'info',
  50: 'error',
  60: 'fatal',
};
const WARNING = 40;

/**
 * Returns a logger that prints readable lines instead of JSON: `! bank list not refreshed (reason: …)`. Holds the lines until the
 * addresses are printed, so that an offline machine does not start with an error.
 */
export function createDemoLog(level: Config['logLevel'], print: (line: string) => void): DemoLog {
  let held: string[] | null = [];
  const logger = createLogger(level, {
    write(json: string) {
      const line = formatLine(json);
      if (held) held.push(line);
      else print(line);
    },
  });
  return {
    logger,
    open() {
      for (const line of held ?? []) print(line);
      held = null;
    },
  };
}

function formatLine(json: string): string {
  const { level, msg, err, ...details } = JSON.parse(json) as Record<string, unknown>;
  const mark = level === WARNING ? '!' : (LEVELS[level as number] ?? '');
  const cause = err === undefined ? {} : { error: (err as { message?: unknown }).message };
  const all = Object.entries({ ...details, ...cause })
    .filter(([name]) => name !== 'time')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `  ${mark} ${String(msg)}${all.length > 0 ? ` (${all.join(', ')})` : ''}`;
}
