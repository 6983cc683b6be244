import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { platformOf, readDevice } from '../../../../src/companion/http/checkout/device.ts';
import { DEVICES } from '../../../support/devices.ts';
import { Pace } from '../../../support/pace.ts';

const ODD: [name: string, userAgent: string][] = [
  ['nothing', ''],
  ['garbage', '\u0000<script>((((('],
  ['10 kB of one letter', 'a'.repeat(10_000)],
];

describe("the payer's device", () => {
  for (const { name, userAgent, told } of DEVICES) {
    it(`is read from ${name}`, () => {
      const device = readDevice({ 'user-agent': userAgent });
      assert.deepEqual({ type: device.type, os: device.os, platform: platformOf(device) }, told);
    });
  }

  for (const [name, userAgent] of ODD) {
    it(`is a desktop of no kind from ${name}`, () => {
      const device = readDevice({ 'user-agent': userAgent });
      assert.deepEqual([device.type, device.os, platformOf(device)], ['desktop', null, 'desktop']);
    });
  }

  it('is read in no time from a long User-Agent made to be slow', () => {
    const pace = Pace.start();
    const started = performance.now();
    readDevice({ 'user-agent': 'Mozilla/5.0 (Linux; Android '.repeat(2_000) });
    const tookMs = performance.now() - started;
    assert.ok(tookMs < pace.stretch(200), `${tookMs} ms`);
  });

  it('is a desktop of no kind without headers', () => {
    assert.deepEqual(readDevice({}), { type: 'desktop', os: null, browser: null });
  });

  it('stays a television set, whatever the client hints say', () => {
    const tv = readDevice({
      'user-agent': DEVICES.find(({ name }) => name === 'Android TV')!.userAgent,
      'sec-ch-ua-mobile': '?0',
      'sec-ch-ua-platform': '"Android"',
    });
    assert.deepEqual([tv.type, platformOf(tv)], ['desktop', 'desktop']);
  });

  it('is what the client hints say where the User-Agent is silent or pretends', () => {
    const desktopSite =
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';
    const hints = (mobile: string, platform: string) =>
      readDevice({
        'user-agent': desktopSite,
        'sec-ch-ua-mobile': mobile,
        'sec-ch-ua-platform': platform,
      });
    assert.deepEqual(hints('?1', '"Android"'), { type: 'mobile', os: 'Android', browser: 'Chrome' });
    assert.equal(hints('?0', '"Android"').type, 'tablet');
    assert.equal(platformOf(hints('?0', '"Android"')), 'android');
    assert.deepEqual(hints('?0', '"Linux"'), { type: 'desktop', os: 'Linux', browser: 'Chrome' });
    assert.deepEqual(hints('nonsense', 'x'.repeat(9_999)), {
      type: 'desktop',
      os: 'Linux',
      browser: 'Chrome',
    });
  });
});
