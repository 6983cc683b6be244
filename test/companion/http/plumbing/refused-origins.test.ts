import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusedOriginLog } from '../../../../src/companion/http/plumbing/refused-origins.ts';
import { SampledLog } from '../../../../src/companion/lib/sampled-log.ts';
import { startCompanion } from '../../../support/companion.ts';

const LOCAL = [
  'http://localhost',
  'http://localhost:3000',
  'https://localhost:8443',
  'http://shop.localhost:5173',
  'http://127.0.0.1:8080',
  'http://[::1]:4321',
];
const NOT_LOCAL = [
  'http://localhost.evil.example',
  'http://evil-localhost.example',
  'http://127.0.0.1.evil.example',
  'http://127.0.0.2:80',
  'null',
];

function collected() {
  const lines: { origin?: string; more?: number }[] = [];
  const log = { warn: (fields: object) => void lines.push(fields) };
  return { lines, log };
}

describe('the log of refused origins', () => {
  it('names each origin once, with the setting', async () => {
    const shop = await startCompanion({ SBP_ALLOWED_ORIGINS: 'https://shop.example' });
    const { token } = await shop.createPayment();
    const ask = (origin: string, path = '/session') => shop.checkout(path, token, { origin });
    for (const origin of ['https://a.example', 'https://b.example', 'https://a.example']) {
      assert.equal((await ask(origin)).status, 403);
      assert.equal((await ask(origin, '/session/events')).status, 403);
    }
    await ask('https://shop.example');
    const warned = shop
      .logs()
      .split('\n')
      .filter((line) => line.includes('SBP_ALLOWED_ORIGINS'))
      .map((line) => JSON.parse(line) as { level: number; origin: string; msg: string });
    await shop.stop();
    assert.deepEqual(
      warned.map(({ level, origin }) => [level, origin]),
      [
        [40, 'https://a.example'],
        [40, 'https://b.example'],
      ],
    );
  });

  it('neither fills the memory nor the log, whatever strangers make up', () => {
    const { lines, log } = collected();
    const sampled = new SampledLog(log);
    const warn = refusedOriginLog(log, sampled);
    for (let n = 0; n < 50_000; n++) warn(`https://${n}.example/${'x'.repeat(2_000)}`);
    assert.ok(lines.length <= 101, `${lines.length} lines`);
    for (const { origin } of lines) assert.ok(origin!.length <= 300);
    sampled.close();
    assert.equal(lines.at(-1)!.more, 50_000 - 101, 'those that are not named are counted');
  });
});

describe('pages on the developer’s own machine', () => {
  for (const [NODE_ENV, expected] of [
    ['development', 200],
    ['production', 403],
  ] as const) {
    it(`get ${expected} in ${NODE_ENV}`, async (t) => {
      const shop = await startCompanion({ NODE_ENV, SBP_BANKS_URL: 'https://127.0.0.1:9/no-banks.json' });
      t.after(() => shop.stop());
      const { token } = await shop.createPayment();
      for (const origin of LOCAL) {
        const response = await shop.checkout('/session', token, { origin });
        assert.equal(response.status, expected, origin);
        const allowed = expected === 200 ? origin : '*';
        assert.equal(response.headers.get('access-control-allow-origin'), allowed);
      }
      for (const origin of NOT_LOCAL) {
        assert.equal((await shop.checkout('/session', token, { origin })).status, 403, origin);
      }
    });
  }
});
