/**
 * A companion that kills itself: `POST /die-at/{n}` makes it crash at the n-th step from then on. Each step is a moment where
 * a crash can leave a different state: around each commit, around each call to the provider, and after the response.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeSync } from 'node:fs';
import { createServer } from 'node:http';
import { createCompanion } from '../../src/companion/companion.ts';
import { loadConfig } from '../../src/companion/config.ts';
import { openStore, type Store, type Writer } from '../../src/companion/store/store.ts';

let left = Infinity;

function step(name: string): void {
  if (--left > 0) return;
  // Written directly, because the process's own streams could flush other output.
  writeSync(2, `died at: ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function crashing(store: Store): Store {
  return {
    read: store.read,
    checked: store.checked,
    migrated: store.migrated,
    close: () => store.close(),
    async write<T>(work: (trx: Writer) => Promise<T>): Promise<T> {
      step('asked to write');
      const result = await store.write(async (trx) => {
        const done = await work(trx);
        step('written, not committed');
        return done;
      });
      step('committed');
      return result;
    },
  };
}

subscribe('undici:request:create', () => step('about to call'));
subscribe('undici:request:trailers', () => step('called, answer read'));

const config = loadConfig(process.env);
const companion = await createCompanion({ config, store: crashing(await openStore(config.databaseFile)) });

createServer((request, response) => {
  const match = /^\/die-at\/(\d+|never)$/.exec(request.url ?? '');
  if (match) {
    left = match[1] === 'never' ? Infinity : Number(match[1]);
    response.end();
    return;
  }
  response.on('finish', () => step('answered'));
  companion.handler(request, response);
}).listen(config.port, config.host);
