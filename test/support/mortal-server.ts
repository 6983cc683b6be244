/**
 * A companion that kills itself: `POST /die-at/{n}` makes the n-th step from then on its last. A step is any moment at
 * which what a crash leaves behind may differ: around each commit, around each call to the provider, after the answer.
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
  // Not by the process's own streams: nothing that is still to be flushed gets out.
  writeSync(2, `died at: ${name}\n`);
  process.kill(process.pid, 'SIGKILL');
}

function mortal(store: Store): Store {
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
const companion = await createCompanion({ config, store: mortal(await openStore(config.databaseFile)) });

createServer((request, response) => {
  const told = /^\/die-at\/(\d+|never)$/.exec(request.url ?? '');
  if (told) {
    left = told[1] === 'never' ? Infinity : Number(told[1]);
    response.end();
    return;
  }
  response.on('finish', () => step('answered'));
  companion.handler(request, response);
}).listen(config.port, config.host);
