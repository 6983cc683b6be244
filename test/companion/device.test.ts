import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { platformOf, readDevice } from '../../src/companion/device.ts';

const ANDROID = 'Mozilla/5.0 (Linux; Android 14; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko)';
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko)';
const MAC = 'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7)';
const WINDOWS = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64)';
const DESKTOP_CHROME = 'AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36';

const table: [name: string, userAgent: string, type: string, os: string | null, platform: string][] = [
  ['iPhone Safari', `${IPHONE} Version/18.1 Mobile/15E148 Safari/604.1`, 'mobile', 'iOS', 'ios'],
  ['iPhone Chrome', `${IPHONE} CriOS/131.0.6778.73 Mobile/15E148 Safari/604.1`, 'mobile', 'iOS', 'ios'],
  [
    'an iPad as iPads were',
    'Mozilla/5.0 (iPad; CPU OS 12_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/12.1 Mobile/15E148 Safari/604.1',
    'tablet',
    'iOS',
    'ios',
  ],
  [
    'an iPad as a Mac',
    `${MAC} AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15`,
    'desktop',
    'Mac OS',
    'desktop',
  ],
  ['Android Chrome', `${ANDROID} Chrome/131.0.0.0 Mobile Safari/537.36`, 'mobile', 'Android', 'android'],
  [
    'Android Chrome, reduced',
    'Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Mobile Safari/537.36',
    'mobile',
    'Android',
    'android',
  ],
  [
    'Android tablet',
    'Mozilla/5.0 (Linux; Android 13; SM-X710) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36',
    'tablet',
    'Android',
    'android',
  ],
  [
    'Samsung Internet',
    `${ANDROID} SamsungBrowser/27.0 Chrome/125.0.0.0 Mobile Safari/537.36`,
    'mobile',
    'Android',
    'android',
  ],
  [
    'Yandex Browser',
    `${ANDROID} Chrome/130.0.0.0 YaBrowser/24.12.1.100.00 SA/3 Mobile Safari/537.36`,
    'mobile',
    'Android',
    'android',
  ],
  [
    'Mi Browser',
    'Mozilla/5.0 (Linux; U; Android 13; ru-ru; 2201117TY) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/112.0 Mobile Safari/537.36 XiaoMi/MiuiBrowser/14.9',
    'mobile',
    'Android',
    'android',
  ],
  [
    'Android WebView (Telegram, MAX)',
    'Mozilla/5.0 (Linux; Android 14; SM-S921B Build/UP1A; wv) AppleWebKit/537.36 (KHTML, like Gecko) Version/4.0 Chrome/131.0 Mobile Safari/537.36',
    'mobile',
    'Android',
    'android',
  ],
  ['VK on iOS', `${IPHONE} Mobile/15E148 com.vk.vkclient/5022`, 'mobile', 'iOS', 'ios'],
  ['Telegram on iOS', `${IPHONE} Mobile/15E148`, 'mobile', 'iOS', 'ios'],
  [
    'Firefox on Android',
    'Mozilla/5.0 (Android 14; Mobile; rv:133.0) Gecko/133.0 Firefox/133.0',
    'mobile',
    'Android',
    'android',
  ],
  ['desktop Chrome', `${WINDOWS} ${DESKTOP_CHROME}`, 'desktop', 'Windows', 'desktop'],
  ['desktop Edge', `${WINDOWS} ${DESKTOP_CHROME} Edg/131.0.0.0`, 'desktop', 'Windows', 'desktop'],
  [
    'desktop Firefox',
    'Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0',
    'desktop',
    'Linux',
    'desktop',
  ],
  [
    'desktop Yandex Browser',
    `${WINDOWS} ${DESKTOP_CHROME} YaBrowser/24.12.0.0`,
    'desktop',
    'Windows',
    'desktop',
  ],
  ['nothing', '', 'desktop', null, 'desktop'],
  ['garbage', '\u0000<script>(((((', 'desktop', null, 'desktop'],
  ['10 kB of one letter', 'a'.repeat(10_000), 'desktop', null, 'desktop'],
];

describe("the payer's device", () => {
  for (const [name, userAgent, type, os, platform] of table) {
    it(`is read from ${name}`, () => {
      const device = readDevice({ 'user-agent': userAgent });
      assert.deepEqual([device.type, device.os, platformOf(device)], [type, os, platform]);
    });
  }

  it('is read in no time from a long User-Agent made to be slow', () => {
    const started = performance.now();
    readDevice({ 'user-agent': 'Mozilla/5.0 (Linux; Android '.repeat(2_000) });
    assert.ok(performance.now() - started < 200);
  });

  it('is a desktop of no kind without headers', () => {
    assert.deepEqual(readDevice({}), { type: 'desktop', os: null, browser: null });
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
    assert.deepEqual(hints('?0', '"Linux"'), { type: 'desktop', os: 'Linux', browser: 'Chrome' });
    assert.deepEqual(hints('nonsense', 'x'.repeat(9_999)), {
      type: 'desktop',
      os: 'Linux',
      browser: 'Chrome',
    });
  });
});
