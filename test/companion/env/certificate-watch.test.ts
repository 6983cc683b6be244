import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it, mock, type TestContext } from 'node:test';
import { pino } from 'pino';
import { CertificateWatch } from '../../../src/companion/env/certificate-watch.ts';
import { readCertificates } from '../../../src/companion/env/certificates.ts';
import { API_KEY, startCompanion } from '../../support/companion.ts';

const DAY_MS = 24 * 3_600_000;
const pem = (name: string) =>
  readFileSync(join(import.meta.dirname, `../../fixtures/tls/${name}.pem`), 'utf8');
const SBERBANK = {
  SBP_METHODS: 'buyer_qr=sberbank',
  SBP_SBERBANK_URL: 'https://127.0.0.1:9',
  SBP_SBERBANK_CLIENT_ID: 'id',
  SBP_SBERBANK_CLIENT_SECRET: 'client-secret-0123456789',
  SBP_SBERBANK_MEMBER_ID: '000001',
  SBP_SBERBANK_TID: '21325622',
  SBP_SBERBANK_ID_QR: '20305',
  SBP_SBERBANK_CERT: pem('client'),
  SBP_SBERBANK_KEY: pem('client-key'),
  SBP_SBERBANK_CA: pem('ca'),
};
const identity = { cert: pem('client'), key: pem('client-key'), ca: pem('ca') };
const CERTIFICATES = readCertificates({ sberbank: { identity } });
const [{ validFrom, validTo }] = CERTIFICATES as [(typeof CERTIFICATES)[number]];

/** Returns what a companion started at this time logs about its certificates. */
async function told(t: TestContext, now: number): Promise<{ level: number; msg: string }[]> {
  const shop = await startCompanion(SBERBANK, { now: () => now });
  t.after(() => shop.stop());
  return shop
    .logs()
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as { level: number; msg: string })
    .filter(({ msg }) => msg.includes('certificate'));
}

describe('at start a certificate', () => {
  it('that is valid for long is not spoken of', async (t) => {
    assert.deepEqual(await told(t, validTo - 31 * DAY_MS), []);
  });

  for (const [when, now, level, words] of [
    [
      'that has expired is an error, and stops nothing',
      validTo + 1,
      50,
      /expired on 2120-\d\d-\d\d.*Get a new one/,
    ],
    [
      'that is not valid yet is an error',
      validFrom - DAY_MS,
      50,
      /is not valid before 20\d\d-\d\d-\d\d.*clock/,
    ],
    [
      'that ends within 30 days is warned of',
      validTo - 29.5 * DAY_MS,
      40,
      /ends on 2120-\d\d-\d\d, in 29 days/,
    ],
  ] as const) {
    it(when, async (t) => {
      const lines = await told(t, now);
      const own = lines.find(({ msg }) => msg.includes('SBP_SBERBANK_CERT'));
      assert.ok(own, JSON.stringify(lines));
      assert.equal(own.level, level);
      assert.match(own.msg, words);
      assert.ok(
        lines.some(({ msg }) => msg.includes('SBP_SBERBANK_CA')),
        'the bank’s authority as well',
      );
    });
  }

  it('is told to Prometheus', async (t) => {
    const shop = await startCompanion(SBERBANK, { now: () => validTo - DAY_MS });
    t.after(() => shop.stop());
    const response = await fetch(`${shop.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
    assert.match(
      await response.text(),
      /^sbp_certificate_expires_seconds\{setting="SBP_SBERBANK_CERT"\} 86400$/m,
    );
  });
});

describe('every day', () => {
  it('certificates are looked at again', (t) => {
    mock.timers.enable({ apis: ['setInterval'] });
    t.after(() => mock.timers.reset());
    let now = validTo - 31 * DAY_MS;
    const lines: string[] = [];
    const log = pino({}, { write: (line: string) => void lines.push(line) });
    const watch = new CertificateWatch({ certificates: CERTIFICATES.slice(0, 1), log, now: () => now });
    watch.start();
    for (const count of [1, 2, 3]) {
      now += DAY_MS;
      mock.timers.tick(DAY_MS);
      assert.equal(lines.length, count);
    }
    watch.close();
    mock.timers.tick(10 * DAY_MS);
    assert.equal(lines.length, 3);
  });
});

describe('a chain of certificates', () => {
  it('is valid while every one in it is', () => {
    const chain = { cert: `${pem('client')}${pem('ca')}`, key: pem('client-key'), ca: null };
    const [own] = readCertificates({ sberbank: { identity: chain } });
    assert.equal(own!.validTo, Math.min(...CERTIFICATES.map((each) => each.validTo)));
    assert.deepEqual(readCertificates({ sberbank: null }), []);
  });
});
