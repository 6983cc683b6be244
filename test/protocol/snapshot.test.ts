import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import * as v from 'valibot';
import { readSnapshot } from '../../src/protocol/read-snapshot.ts';
import { snapshotSchema } from '../../src/protocol/schemas.ts';
import { ACTIONS, DEVICE_TYPES, FAILURES, METHODS, type Snapshot } from '../../src/protocol/snapshot.ts';
import { PAYMENT_STATUSES } from '../../src/protocol/status.ts';

const text = fc.string({ minLength: 1, unit: 'binary' });
const time = fc
  .date({ min: new Date(0), max: new Date(4e12), noInvalidDate: true })
  .map((date) => date.toISOString());
const nullable = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: null });

const anySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  version: fc.integer({ min: 1 }),
  payment_id: text,
  order_id: text,
  amount: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  currency: fc.constantFrom('RUB', 'BYN'),
  description: nullable(text),
  merchant: fc.record({ name: fc.string(), logo_url: nullable(text) }),
  status: fc.constantFrom(...PAYMENT_STATUSES),
  failure: nullable(fc.constantFrom(...FAILURES)),
  late: fc.boolean(),
  test: fc.boolean(),
  sandbox: fc.boolean(),
  paid_at: nullable(time),
  refunded_amount: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  method: nullable(fc.constantFrom(...METHODS)),
  methods: fc.array(fc.constantFrom(...METHODS)),
  presentation: fc.oneof(
    fc.constant({ kind: 'pending' } as const),
    fc.constant({ kind: 'scan' } as const),
    fc.record({ kind: fc.constant('link' as const), url: text, deep_link: nullable(text) }),
    fc.record({
      kind: fc.constant('form' as const),
      action: text,
      http_method: text,
      fields: fc.array(fc.record({ type: text, name: text, value: fc.string() })),
      iframe: fc.boolean(),
    }),
  ),
  device: nullable(
    fc.record({ type: fc.constantFrom(...DEVICE_TYPES), os: nullable(text), browser: nullable(text) }),
  ),
  expires_at: time,
  now: time,
  return_url: nullable(text),
  receipt_url: nullable(text),
  actions: fc.array(fc.constantFrom(...ACTIONS)),
});

describe('readSnapshot', () => {
  it('reads every snapshot of the schema as it is: the two state one contract', () => {
    fc.assert(
      fc.property(anySnapshot, (generated) => {
        const snapshot: unknown = JSON.parse(JSON.stringify(generated));
        assert.deepEqual(v.parse(snapshotSchema, snapshot), snapshot);
        assert.deepEqual(readSnapshot(snapshot), snapshot);
      }),
    );
  });

  it('never throws, and what it lets through fits the types', () => {
    fc.assert(
      fc.property(
        fc.anything(),
        anySnapshot,
        fc.dictionary(fc.constantFrom(...Object.keys(snapshotSchema.entries)), fc.anything()),
        (junk, good, spoilt) => {
          readSnapshot(junk);
          const read = readSnapshot({ ...good, ...spoilt });
          if (!read) return;
          assert.ok(Number.isFinite(Date.parse(read.expires_at)));
          assert.ok(PAYMENT_STATUSES.includes(read.status));
          assert.equal(typeof read.merchant.name, 'string');
          assert.ok(Array.isArray(read.actions) && Array.isArray(read.methods));
        },
      ),
    );
  });

  it('does without what a foreign backend leaves out, and drops what it adds', () => {
    const read = readSnapshot({
      version: 1,
      payment_id: 'p1',
      amount: 100,
      status: 'created',
      expires_at: '2026-01-01T00:00:00Z',
      now: '2026-01-01T00:00:00+03:00',
      presentation: { kind: 'link', url: 'https://qr.nspk.ru/x' },
      actions: ['renew', 'teleport'],
      surprise: 1,
    });
    assert.deepEqual(read?.actions, ['renew']);
    assert.equal(read.device, null);
    assert.deepEqual([read.test, read.sandbox], [false, false]);
    assert.equal('surprise' in read, false);
  });

  it('takes every value of test but false and null for a test, and promises nothing about money by a guess', () => {
    const base = {
      version: 1,
      payment_id: 'p',
      amount: 1,
      status: 'created',
      expires_at: '2026-01-01T00:00:00Z',
      now: '2026-01-01T00:00:00Z',
    };
    for (const value of [true, 1, 0, '', 'true', 'false', {}, []]) {
      assert.equal(readSnapshot({ ...base, test: value })?.test, true, JSON.stringify(value));
      assert.equal(readSnapshot({ ...base, sandbox: value })?.sandbox, value === true, JSON.stringify(value));
    }
    for (const value of [false, null, undefined]) {
      assert.equal(readSnapshot({ ...base, test: value })?.test, false);
    }
  });

  it('takes an unknown status for work in progress, never for a failure or a success', () => {
    const read = readSnapshot({
      version: 1,
      payment_id: 'p',
      amount: 1,
      status: 'chargeback',
      expires_at: '2026-01-01T00:00:00Z',
      now: '2026-01-01T00:00:00Z',
    });
    assert.equal(read?.status, 'processing');
  });
});
