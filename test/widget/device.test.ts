import { expect } from '@open-wc/testing';
import { deviceType, type DeviceHints } from '../../src/widget/device.ts';
import { chooseLanguage, nearestLang } from '../../src/widget/locales/language.ts';
import { clockText } from '../../src/widget/screens/pieces.ts';

const MAC: DeviceHints = { userAgent: 'Macintosh', maxTouchPoints: 0, coarse: false, shortSide: 900 };

describe('deviceType', () => {
  it('believes the server', () => {
    for (const type of ['mobile', 'tablet', 'desktop'] as const) {
      expect(deviceType({ type, os: null, browser: null }, MAC)).to.equal(type);
    }
  });

  it('knows an iPad that calls itself a Mac', () => {
    const told = { type: 'desktop', os: 'Mac OS', browser: 'Safari' } as const;
    expect(deviceType(told, { ...MAC, maxTouchPoints: 5, coarse: true })).to.equal('tablet');
  });

  it('guesses by itself where the server says nothing', () => {
    expect(deviceType(null, MAC)).to.equal('desktop');
    expect(deviceType(null, { ...MAC, userAgent: '', coarse: true, shortSide: 390 })).to.equal('mobile');
    expect(deviceType(null, { ...MAC, userAgent: '', coarse: true, shortSide: 800 })).to.equal('tablet');
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
