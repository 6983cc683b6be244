import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CompanionProcess } from './companion-process.ts';
import { PATIENCE_MS } from './patience.ts';

const SIGNAL = 'SIGUSR2';
const SAID = /^kept: (\d+) bytes$/gm;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** What this process keeps, without what merely has not been swept yet. */
export function keptBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** From now on this process says what it keeps when {@link keptMbOf} asks. */
export function sayWhenAsked(): void {
  process.on(SIGNAL, () => process.stdout.write(`\nkept: ${keptBytes()} bytes\n`));
}

/** The same of another process, whose program must have called {@link sayWhenAsked}. */
export async function keptMbOf(companion: CompanionProcess): Promise<number> {
  const said = () => [...companion.output.matchAll(SAID)].map(([, bytes]) => Number(bytes));
  const before = said().length;
  process.kill(companion.pid, SIGNAL);
  const deadline = Date.now() + PATIENCE_MS;
  while (said().length === before) {
    if (Date.now() > deadline) throw new Error('it does not say what it keeps');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return said().at(-1)! / 2 ** 20;
}
