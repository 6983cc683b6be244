import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import { describe, it } from 'node:test';
import { pino } from 'pino';
import * as v from 'valibot';
import { Readiness } from '../../../../src/companion/http/pages/health.ts';
import type { Store } from '../../../../src/companion/store/store.ts';
import { problemSchema } from '../../../../src/protocol/schemas.ts';
import { startCompanion, API_KEY, type TestCompanion } from '../../../support/companion.ts';
import { StreamReader } from '../../../support/event-source.ts';
import { until } from '../../../support/until.ts';

describe('GET /readyz', () => {
  it('answers 200 while the store takes writes, 503 while it does not, and 200 again', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    assert.equal((await fetch(`${shop.url}/readyz`)).status, 200);

    const other = new DatabaseSync(shop.databaseFile);
    other.exec('BEGIN IMMEDIATE');
    await new Promise((resolve) => setTimeout(resolve, 1_050));
    const refused = await fetch(`${shop.url}/readyz`);
    assert.equal(refused.status, 503);
    assert.equal(v.parse(problemSchema, await refused.json()).code, 'store_not_writable');
    assert.equal((await fetch(`${shop.url}/healthz`)).status, 200);
    other.exec('ROLLBACK');
    other.close();

    await new Promise((resolve) => setTimeout(resolve, 1_050));
    assert.equal((await fetch(`${shop.url}/readyz`)).status, 200);
  });

  it('writes once a second, however many ask', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    const reader = new DatabaseSync(shop.databaseFile);
    t.after(() => reader.close());
    const commits = () => Number(Object.values(reader.prepare('PRAGMA data_version').get()!)[0]);
    const before = commits();
    await Promise.all(Array.from({ length: 200 }, () => fetch(`${shop.url}/readyz`)));
    assert.ok(commits() > before, 'it did write');
    const settled = commits();
    await fetch(`${shop.url}/readyz`);
    assert.equal(commits(), settled);
  });

  it('is no as soon as the shutdown begins', async () => {
    const store = { write: () => Promise.resolve() } as unknown as Store;
    const readiness = new Readiness({ store, log: pino({ level: 'silent' }), now: Date.now });
    assert.equal(await readiness.problem(), null);
    readiness.drain();
    const problem = await readiness.problem();
    assert.deepEqual([problem?.status, problem?.code], [503, 'shutting_down']);
  });
});

describe('GET /metrics', () => {
  it('asks for the API key', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    assert.equal((await fetch(`${shop.url}/metrics`)).status, 401);
    const { status, headers } = await scrape(shop);
    assert.equal(status, 200);
    assert.match(headers.get('content-type')!, /^text\/plain; version=0\.0\.4/);
  });

  it('counts what happened to payments, webhooks, streams, providers and the outbox', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    const waiting = await shop.createPayment();
    // No server listens at this address, so the webhooks stay in the outbox.
    const paid = await shop.createPayment({ callback_url: 'http://127.0.0.1:9/' });
    const stream = await StreamReader.open(shop.url, paid.token);
    await stream.until(({ snapshots }) => snapshots.length === 1);
    await shop.sandbox(paid.payment_id, 'process');
    await shop.sandbox(paid.payment_id, 'pay');
    await stream.until(({ snapshots }) => snapshots.some(({ status }) => status === 'paid'));
    await fetch(`${shop.url}/webhooks/sandbox`, { method: 'POST', body: '{}' });

    const { value, text } = await scrape(shop);
    assert.equal(value('sbp_payments_total{status="created",provider="sandbox"}'), 2);
    assert.equal(value('sbp_payments_total{status="processing",provider="sandbox"}'), 1);
    assert.equal(value('sbp_payments_total{status="paid",provider="sandbox"}'), 1);
    assert.equal(value('sbp_open_payments{status="created",provider="sandbox"}'), 1);
    assert.equal(value('sbp_open_payments{status="processing",provider="sandbox"}'), null);
    assert.equal(value('sbp_provider_webhooks_total{provider="sandbox",result="applied"}'), 2);
    assert.equal(value('sbp_provider_webhook_seconds_count{provider="sandbox"}'), 2);
    assert.match(
      text,
      /sbp_provider_webhooks_total\{provider="sandbox",result="[a-z_]*(missing|malformed)"\} 1/,
    );
    assert.ok(value('sbp_push_seconds_count')! >= 1);
    assert.equal(value('sbp_open_streams'), 1);
    assert.equal(value('sbp_provider_calls_total{provider="sandbox",operation="create",result="ok"}'), 2);
    assert.equal(value('sbp_provider_call_seconds_count{provider="sandbox",operation="create"}'), 2);
    assert.equal(value('sbp_outbox_depth'), 2);
    assert.ok(value('sbp_outbox_oldest_seconds')! > 0);
    assert.ok(value('process_resident_memory_bytes')! > 0);
    for (const secret of [waiting.token, paid.token, API_KEY, paid.payment_id]) {
      assert.equal(text.includes(secret), false);
    }

    stream.stop();
    await until(async () => (await scrape(shop)).value('sbp_open_streams') === 0, 'the end of the stream');
  });
});

async function scrape(shop: TestCompanion) {
  const response = await fetch(`${shop.url}/metrics`, { headers: { authorization: `Bearer ${API_KEY}` } });
  const text = await response.text();
  return {
    status: response.status,
    headers: response.headers,
    text,
    value: (series: string): number | null => {
      const line = text.split('\n').find((candidate) => candidate.startsWith(`${series} `));
      return line === undefined ? null : Number(line.slice(series.length + 1));
    },
  };
}

describe('HEAD', () => {
  it('asks of health what GET does, for monitors that want no body', async (t) => {
    const shop = await startCompanion();
    t.after(() => shop.stop());
    for (const path of ['/healthz', '/readyz']) {
      const [head, get] = await Promise.all([
        fetch(shop.url + path, { method: 'HEAD' }),
        fetch(shop.url + path),
      ]);
      assert.deepEqual([head.status, await head.text()], [get.status, ''], path);
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'));
    }
    assert.equal((await fetch(`${shop.url}/checkout/v1/session`, { method: 'HEAD' })).status, 404);
  });
});
