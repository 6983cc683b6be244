import type { Logger } from 'pino';
import { createLogger } from '../src/companion/lib/logging.ts';
import type { Config } from '../src/companion/index.ts';

export interface DemoLog {
  readonly logger: Logger;
  /** Shows what was logged so far, and from now on each line at once. */
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
 * The companion's log for a person at a terminal: `! bank list not refreshed (reason: …)` instead of JSON. It is held back
 * until the addresses are there, so that a machine that is off line does not begin with an error.
 */
export function createDemoLog(level: Config['logLevel'], print: (line: string) => void): DemoLog {
  let held: string[] | null = [];
  const logger = createLogger(level, {
    write(json: string) {
      const line = inWords(json);
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

function inWords(json: string): string {
  const { level, msg, err, ...details } = JSON.parse(json) as Record<string, unknown>;
  const mark = level === WARNING ? '!' : (LEVELS[level as number] ?? '');
  const cause = err === undefined ? {} : { error: (err as { message?: unknown }).message };
  const all = Object.entries({ ...details, ...cause })
    .filter(([name]) => name !== 'time')
    .map(([name, value]) => `${name}: ${typeof value === 'string' ? value : JSON.stringify(value)}`);
  return `  ${mark} ${String(msg)}${all.length > 0 ? ` (${all.join(', ')})` : ''}`;
}
