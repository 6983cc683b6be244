import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { classOf, classOfHost, type AddressClass } from '../../../src/companion/outbound/address-class.ts';

const TABLE: Readonly<Record<AddressClass, readonly string[]>> = {
  public: [
    '1.1.1.1',
    '8.8.8.8',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:80e::200e',
    '2001:4860:4860::8888',
  ],
  loopback: ['127.0.0.1', '127.0.0.0', '127.255.255.255', '::1', '0:0:0:0:0:0:0:1'],
  'link-local': [
    '100.100.100.200', // a cloud's metadata
    '168.63.129.16', // another's host agent
    '169.254.169.254', // metadata of most clouds
    '192.0.0.192',
    'fd00:ec2::254', // metadata
    'fe80::1',
    'fe80::1%eth0',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    'fd20:ce::254',
    'febf::1',
  ],
  special: [
    '192.0.0.191',
    '::ffff:10.0.0.1',
    'fd00:ec2::253',
    'fdff::a9fe:a9fe',
    '0.0.0.0',
    '10.0.0.1',
    '10.255.255.255',
    '100.64.0.1', // carriers' NAT
    '172.16.0.1',
    '172.31.255.255',
    '192.0.2.1',
    '192.88.99.1',
    '192.168.1.1',
    '198.18.0.1',
    '198.51.100.7',
    '203.0.113.7',
    '224.0.0.1',
    '239.255.255.250',
    '240.0.0.1',
    '255.255.255.255',
    '::',
    '::127.0.0.1', // IPv4-compatible
    '::ffff:127.0.0.1', // IPv4-mapped, also for a public address
    '::ffff:7f00:1',
    '::ffff:8.8.8.8',
    '::ffff:0:127.0.0.1', // IPv4-translated
    '64:ff9b::127.0.0.1', // NAT64
    '64:ff9b::808:808',
    '64:ff9b:1::1', // NAT64 of a local network
    '100::1', // discard
    '2001::1', // Teredo
    '2001:10::1',
    '2001:db8::1',
    '2002:7f00:1::', // 6to4 of 127.0.0.1
    '2002:808:808::',
    '3fff::1',
    '4000::1',
    'fc00::1',
    'fec0::1',
    'ff02::1',
    'no address',
    '',
    '1.2.3',
  ],
};

describe('classOf', () => {
  for (const [expected, addresses] of Object.entries(TABLE)) {
    it(`recognises ${expected} addresses`, () => {
      for (const address of addresses) assert.equal(classOf(address), expected, address);
    });
  }

  it('never classifies an IPv6 form of a private IPv4 address as public', () => {
    const octet = fc.nat(255);
    const privates = fc.oneof(
      fc.tuple(fc.constant(10), octet, octet, octet),
      fc.tuple(fc.constant(127), octet, octet, octet),
      fc.tuple(fc.constant(192), fc.constant(168), octet, octet),
      fc.tuple(fc.constant(169), fc.constant(254), octet, octet),
    );
    const hex = (a: number, b: number) => ((a << 8) | b).toString(16);
    fc.assert(
      fc.property(privates, ([a, b, c, d]) => {
        const low = `${hex(a, b)}:${hex(c, d)}`;
        for (const address of [`::${low}`, `::ffff:${low}`, `64:ff9b::${low}`, `2002:${low}::1`]) {
          assert.notEqual(classOf(address), 'public', address);
        }
      }),
    );
  });
});

describe('classOfHost', () => {
  it('reads every spelling of a numeric address', () => {
    for (const host of [
      '127.1',
      '0x7f.1',
      '2130706433',
      '0177.0.0.1',
      '１２７.0.0.1',
      '127.0.0.1.',
      '[::1]',
    ]) {
      assert.equal(classOfHost(new URL(`https://${host}/`).hostname), 'loopback', host);
    }
    for (const host of ['[::ffff:127.0.0.1]', '0', '192.168.257']) {
      assert.equal(classOfHost(new URL(`https://${host}/`).hostname), 'special', host);
    }
    for (const host of ['[fe80::1]', '0xa9fea9fe', '[::ffff:169.254.169.254]']) {
      assert.equal(classOfHost(new URL(`https://${host}/`).hostname), 'link-local', host);
    }
  });

  it('classifies localhost, and leaves other names to DNS', () => {
    for (const host of ['localhost', 'LOCALHOST.', 'shop.localhost']) {
      assert.equal(classOfHost(host), 'loopback', host);
    }
    for (const host of ['shop.example', 'localhost.example', 'notlocalhost']) {
      assert.equal(classOfHost(host), null, host);
    }
  });
});
