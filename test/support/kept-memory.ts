import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { CompanionProcess } from './companion-process.ts';
import { PATIENCE_MS } from './patience.ts';

const SIGNAL = 'SIGUSR2';
const SAID = /^kept: (\d+) bytes$/gm;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** Returns the live memory of this process in bytes, after a garbage collection. */
export function keptBytes(): number {
  collect();
  const { heapUsed, external } = process.memoryUsage();
  return heapUsed + external;
}

/** Makes this process print its live memory when {@link keptMbOf} asks for it. */
export function sayWhenAsked(): void {
  process.on(SIGNAL, () => process.stdout.write(`\nkept: ${keptBytes()} bytes\n`));
}

/** Returns the live memory of another process in MB. Its program must have called {@link sayWhenAsked}. */
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
