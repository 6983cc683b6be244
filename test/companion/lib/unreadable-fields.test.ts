import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import * as v from 'valibot';
import { unreadableFields } from '../../../src/companion/lib/unreadable-fields.ts';

const schema = v.object({
  transaction: v.object({
    amount: v.pipe(v.number(), v.safeInteger()),
    currency: v.pipe(v.string(), v.regex(/^[A-Z]{3}$/)),
    items: v.union([v.array(v.object({ sum: v.number() })), v.object({ sum: v.number() })]),
  }),
});

function faults(value: unknown): string {
  const parsed = v.safeParse(schema, value);
  assert.ok(!parsed.success);
  return unreadableFields(parsed.issues);
}

describe('unreadableFields', () => {
  it('names the field and what it is, never its value', () => {
    const phone = '+79990001122';
    const found = faults({ transaction: { amount: phone, currency: 'rub', items: { sum: 1 } } });
    assert.match(found, /transaction\.amount: not number but string/);
    assert.match(found, /transaction\.currency: not regex but string/);
    assert.ok(!found.includes(phone) && !found.includes('rub'));
  });

  it('names what is missing', () => {
    assert.match(faults({}), /^transaction: missing$/);
    assert.match(faults({ transaction: { amount: 1, currency: 'RUB' } }), /transaction\.items: missing/);
  });

  it('looks into the alternative that was understood furthest', () => {
    const items = [{ sum: 1 }, { sum: 'no' }];
    assert.match(
      faults({ transaction: { amount: 1, currency: 'RUB', items } }),
      /items\.1\.sum: not number but string/,
    );
  });

  it('tells of no more than five', () => {
    const wide = v.object(Object.fromEntries('abcdefgh'.split('').map((name) => [name, v.number()])));
    const parsed = v.safeParse(wide, {});
    assert.ok(!parsed.success);
    assert.equal(unreadableFields(parsed.issues).split('; ').length, 5);
  });
});
