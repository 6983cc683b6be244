import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AddressRanges, isAddressRange, networkOf } from '../../../src/companion/outbound/ip-ranges.ts';

describe('addresses', () => {
  it('are recognised', () => {
    for (const good of ['127.0.0.1', '10.0.0.0/8', '0.0.0.0/0', '::1', '2001:db8::/32', '::/0']) {
      assert.ok(isAddressRange(good), good);
    }
    for (const bad of [
      '',
      'localhost',
      '10.0.0.0/33',
      '10.0.0/8',
      '::/129',
      '10.0.0.0/',
      '1.2.3.4/8/8',
      '/8',
      '10.0.0.0/-1',
    ]) {
      assert.equal(isAddressRange(bad), false, bad);
    }
  });

  it('are found in ranges, also when a dual-stack socket writes IPv4 as IPv6', () => {
    const ranges = new AddressRanges(['10.0.0.0/8', '192.0.2.7', '2001:db8::/32']);
    for (const inside of ['10.1.2.3', '::ffff:10.1.2.3', '192.0.2.7', '2001:db8:1::9']) {
      assert.ok(ranges.has(inside), inside);
    }
    for (const outside of ['11.0.0.1', '::ffff:11.0.0.1', '192.0.2.8', '2001:db9::1', '', 'unknown']) {
      assert.equal(ranges.has(outside), false, outside);
    }
    assert.equal(new AddressRanges([]).has('127.0.0.1'), false);
  });

  it('count as one subscriber each: IPv6 by its /64', () => {
    assert.equal(networkOf('192.0.2.7'), '192.0.2.7');
    assert.equal(networkOf('::ffff:192.0.2.7'), '192.0.2.7');
    assert.equal(networkOf('2001:db8:0:1::1'), '2001:db8:0:1::/64');
    assert.equal(networkOf('2001:0db8:0000:0001:ffff:1:2:3'), '2001:db8:0:1::/64');
    assert.equal(networkOf('2001:db8::1'), '2001:db8:0:0::/64');
    assert.equal(networkOf('::1'), '0:0:0:0::/64');
    assert.equal(networkOf('fe80::1%eth0'), 'fe80:0:0:0::/64');
    assert.equal(networkOf('x'.repeat(10_000)).length, 64);
    assert.equal(networkOf(undefined), 'none');
  });
});
