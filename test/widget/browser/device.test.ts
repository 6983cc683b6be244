import { expect } from '@open-wc/testing';
import { correctedPlatform, deviceType } from '../../../src/widget/browser/device.ts';
import { inAppBrowser } from '../../../src/widget/browser/in-app-browser.ts';
import { chooseLanguage, nearestLang } from '../../../src/widget/locales/language.ts';
import { clockText } from '../../../src/widget/ui/elements.ts';
import { DEVICES } from '../../support/devices.ts';

describe('the payer’s device', () => {
  it('is one of many', () => {
    expect(DEVICES.length).to.be.greaterThan(40);
    expect(new Set(DEVICES.map(({ name }) => name)).size).to.equal(DEVICES.length);
  });

  for (const { name, userAgent, screen, told, type, links, objects, standalone, inApp } of DEVICES) {
    it(`is known: ${name}`, () => {
      const hints = { userAgent, ...screen };
      const read = { type: told.type, os: told.os, browser: null };
      expect(deviceType(read, hints)).to.equal(type);
      // Only the server's reading of the User-Agent recognizes a phone with keys and no touchscreen.
      if (screen.maxTouchPoints > 0 || type === 'desktop') {
        expect(deviceType(null, hints), 'where the server says nothing').to.equal(type);
      }
      expect(correctedPlatform(read, hints) ?? told.platform, 'bank links').to.equal(links);
      const { maxTouchPoints } = screen;
      const page = { navigator: { userAgent, maxTouchPoints, standalone }, ...objects };
      expect(inAppBrowser(page)).to.deep.equal(inApp);
    });
  }

  it('is what the server says where the page sees nothing of a hand', () => {
    const hints = { userAgent: '', maxTouchPoints: 0, coarse: false, shortSide: 300 };
    for (const type of ['mobile', 'tablet', 'desktop'] as const) {
      expect(deviceType({ type, os: null, browser: null }, hints)).to.equal(type);
    }
    expect(deviceType(null, hints)).to.equal('desktop');
  });

  it('is guessed by the finger and the screen from a User-Agent that says nothing', () => {
    const hints = { userAgent: '', maxTouchPoints: 0, coarse: true };
    expect(deviceType(null, { ...hints, shortSide: 390 })).to.equal('mobile');
    expect(deviceType(null, { ...hints, shortSide: 800 })).to.equal('tablet');
  });
});

describe('inAppBrowser', () => {
  const navigator = {
    userAgent: DEVICES.find(({ name }) => name === 'iPhone, Safari 18')!.userAgent,
    maxTouchPoints: 5,
  };

  it('takes odd objects for nobody’s, and never throws', () => {
    const odd: unknown[] = [
      { Telegram: {} },
      { Telegram: { WebApp: null } },
      { Telegram: { WebApp: { platform: 7, openLink: 'x' } } },
      { WebApp: {} },
      { WebApp: 'x' },
      { webkit: {} },
    ];
    for (const objects of odd) {
      expect(inAppBrowser({ navigator, ...(objects as object) }), JSON.stringify(objects)).to.equal(null);
    }
    const trap = Object.defineProperty({ navigator }, 'Telegram', {
      get() {
        throw new Error('hands off');
      },
    });
    expect(inAppBrowser(trap)).to.equal(null);
  });
});

describe('locale', () => {
  it('takes the first wish that is spoken here, else Russian', () => {
    expect(chooseLanguage(['en-GB', 'ru'], null).tag).to.equal('en');
    expect(chooseLanguage(['de', 'EN'], null).tag).to.equal('en');
    expect(chooseLanguage([null, 'ru-RU'], null).tag).to.equal('ru');
    expect(chooseLanguage([undefined, 'de', ''], null).tag).to.equal('ru');
  });

  it('finds the page’s language through shadow roots', () => {
    const host = document.createElement('div');
    host.lang = 'en';
    const inner = host.attachShadow({ mode: 'open' }).appendChild(document.createElement('p'));
    expect(nearestLang(inner)).to.equal('en');
  });
});

describe('clockText', () => {
  it('reads m:ss and never zero before zero', () => {
    expect(clockText(14 * 60_000 + 32_000)).to.equal('14:32');
    expect(clockText(1)).to.equal('0:01');
    expect(clockText(0)).to.equal('0:00');
    expect(clockText(3_723_000)).to.equal('1:02:03');
  });
});
