import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { normalizePhone } from '../../src/protocol/phone.ts';

describe('normalizePhone', () => {
  it('takes every usual spelling of a Russian number', () => {
    for (const text of [
      '+79990001122',
      '79990001122',
      '89990001122',
      '9990001122',
      '+7 999 000-11-22',
      '8 (999) 000 11 22',
      ' +7\u00a0(999)\u00a0000\u201111\u201122 ',
      '8.999.000.11.22',
    ]) {
      assert.equal(normalizePhone(text), '79990001122', text);
    }
  });

  it('takes nothing else', () => {
    for (const text of [
      '',
      '999',
      '+19990001122',
      '999000112233',
      'call 9990001122',
      '+7+9990001122',
      '7'.repeat(40),
    ]) {
      assert.equal(normalizePhone(text), null, text);
    }
  });
});
