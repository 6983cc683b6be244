import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { CompanionProcess } from '../../support/companion-process.ts';
import { ensureNginx } from '../../support/install-nginx.ts';
import { Nginx } from '../../support/nginx.ts';
import { Pace } from '../../support/pace.ts';
import { StreamConnection } from '../../support/stream-connection.ts';

const STREAMS = 20;
/** Far above the measured times, and far below the time that a proxy needs to fill its buffer. */
const AT_ONCE_MS = 1_000;

const nginx = ensureNginx();

describe(
  'a status stream through an nginx of default settings',
  { skip: 'missing' in nginx ? nginx.missing : false },
  () => {
    let companion: CompanionProcess;
    let proxy: Nginx;
    before(async () => {
      companion = await CompanionProcess.start({ SBP_LOG_LEVEL: 'warn' });
      proxy = await Nginx.start('path' in nginx ? nginx.path : '', companion.url);
    });
    after(async () => {
      await proxy.stop();
      await companion.stop();
    });

    it('starts at once', async (t) => {
      const { token } = await companion.client.createPayment();
      const pace = Pace.start();
      const direct = await firstBytes(companion.url, token);
      const proxied = await firstBytes(proxy.url, token);
      t.diagnostic(`first byte: ${shown(proxied)}; without nginx: ${shown(direct)}`);
      assert.ok(Math.max(...proxied) < pace.stretch(AT_ONCE_MS));
    });

    it('brings each change at once, and its end', async (t) => {
      const { payment_id, token } = await companion.client.createPayment();
      const stream = new StreamConnection(proxy.url, { token });
      assert.ok(await stream.version(2));
      assert.equal(stream.headers['content-encoding'], undefined);
      const pace = Pace.start();
      const times: number[] = [];
      for (const [action, version] of [
        ['process', 3],
        ['pay', 4],
      ] as const) {
        const since = performance.now();
        await Promise.all([companion.client.sandbox(payment_id, action), stream.version(version)]);
        times.push(performance.now() - since);
      }
      t.diagnostic(`from the bank's word to the page: ${shown(times)}`);
      assert.deepEqual(stream.versions, [2, 3, 4]);
      assert.ok(Math.max(...times) < pace.stretch(AT_ONCE_MS));
      assert.equal(await stream.closed, 'ended');
      assert.equal(stream.parser.events.at(-1)?.type, 'end');
    });

    it('brings the word of a shutdown when to come back', async () => {
      const { token } = await companion.client.createPayment();
      const stream = new StreamConnection(proxy.url, { token });
      assert.ok(await stream.version(2));
      await companion.terminate();
      assert.equal(await stream.closed, 'ended');
      assert.equal(stream.parser.retries.length, 2);
      assert.match(stream.parser.lastLine, /^retry: \d+$/);
    });
  },
);

async function firstBytes(url: string, token: string): Promise<number[]> {
  const times: number[] = [];
  for (let i = 0; i < STREAMS; i++) {
    const stream = new StreamConnection(url, { token });
    assert.ok(await stream.version(2));
    times.push(stream.firstByteMs!);
    stream.stop();
  }
  return times;
}

function shown(times: readonly number[]): string {
  const sorted = [...times].sort((a, b) => a - b);
  const [median, most] = [sorted[Math.floor(sorted.length / 2)]!, sorted.at(-1)!];
  return `${median.toFixed(1)} ms (median), ${most.toFixed(1)} ms (most)`;
}
