import { fork } from 'node:child_process';
import { extname } from 'node:path';
import type { Findings } from './check-process.ts';
import { damaged } from './sqlite-errors.ts';
import type { StoreError } from './store-error.ts';

/** The full check of a large database, which runs while the companion serves. */
export interface BackgroundCheck {
  /** `null` for a sound database. Rejects if the check could not be carried out; never settles after `stop`. */
  readonly result: Promise<StoreError | null>;
  /** Stops the check, finished or not. */
  stop(): Promise<void>;
}

/** Checks the whole of `file` in a separate process at low priority. */
export function checkInBackground(file: string): BackgroundCheck {
  const program = new URL(`./check-process${extname(import.meta.filename)}`, import.meta.url);
  const child = fork(program, [file], { execArgv: [], stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  let stopped = false;
  let words = '';
  child.stderr!.on('data', (chunk) => (words += String(chunk)));
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve());
    child.once('close', () => resolve());
  });
  const result = new Promise<StoreError | null>((resolve, reject) => {
    child.once('message', ({ damage }: Findings) =>
      resolve(damage === null ? null : damaged(file, new Error(damage))),
    );
    child.once('error', reject);
    void ended.then(() => {
      if (!stopped) reject(new Error(`the check of ${file} ended without a result: ${words.slice(-1_000)}`));
    });
  });
  // An unobserved rejection must not end the process.
  result.catch(() => undefined);
  // A host may exit without closing the companion: the child must not keep it running.
  child.unref();
  child.channel?.unref();
  return {
    result,
    async stop() {
      stopped = true;
      child.kill('SIGKILL');
      await ended;
    },
  };
}
