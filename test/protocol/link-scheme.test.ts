import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { bankIntentLink, bankSchemeLink } from '../../src/protocol/bank-link.ts';
import { isFormTarget } from '../../src/protocol/form-target.ts';
import { isAllowedLink, isSberPayLink } from '../../src/protocol/link-scheme.ts';
import { crc16, parseNspkLink, withCrc } from '../../src/protocol/nspk-link.ts';
import { anyBankScheme, anyPaymentLink, PUBLISHED_LINKS } from '../support/links.ts';

describe('parseNspkLink', () => {
  it('reads a dynamic link', () => {
    assert.deepEqual(parseNspkLink(PUBLISHED_LINKS.dynamic), {
      id: 'AD10001RQ10OT70E8LEOT61G16J41I09',
      kind: 'qr',
      type: '02',
      bank: '100000000111',
      sum: 1400,
      currency: 'RUB',
      crc: 'ok',
    });
  });

  it('takes the checksum for a hint: right, wrong or absent, the link is read all the same', () => {
    const verdict = (link: string) => parseNspkLink(link)?.crc;
    assert.equal(verdict(PUBLISHED_LINKS.dynamicSecond), 'ok');
    assert.equal(verdict(PUBLISHED_LINKS.static), 'ok');
    assert.equal(verdict(PUBLISHED_LINKS.wrongCrc), 'mismatch');
    assert.equal(verdict(PUBLISHED_LINKS.bare), 'absent');
  });

  it('knows the checksum of the catalogue of CRCs', () => {
    assert.equal(crc16('123456789'), 0x29b1); // CRC-16/CCITT-FALSE's published check value
  });

  it('signs links so that it finds them right', () => {
    fc.assert(
      fc.property(anyPaymentLink, (link) => {
        if (!link.includes('?')) return;
        assert.equal(parseNspkLink(withCrc(link))?.crc, 'ok');
      }),
    );
  });

  it('does not mistake other links for NSPK\u2019s', () => {
    for (const link of [
      'http://qr.nspk.ru/BS10000LE9UMVMG79SARVEE105HKATPO',
      'https://qr.nspk.ru.evil.example/BS10000LE9UMVMG79SARVEE105HKATPO',
      'https://qr.nspk.ru/short',
      'https://example.ru/BS10000LE9UMVMG79SARVEE105HKATPO',
      '',
    ]) {
      assert.equal(parseNspkLink(link), null, link);
    }
  });
});

describe('bank links', () => {
  it('change the scheme and not one byte of the rest', () => {
    fc.assert(
      fc.property(anyPaymentLink, anyBankScheme, (link, scheme) => {
        assert.equal(bankSchemeLink(link, scheme), scheme + link.slice('https'.length));
        const intent = bankIntentLink(link, scheme, 'com.example.bank') ?? '';
        assert.ok(intent.startsWith(`intent${link.slice('https'.length)}#Intent;scheme=${scheme};`));
        assert.ok(intent.endsWith(';end'));
      }),
    );
  });

  it('name no package when the list has none', () => {
    const link = bankIntentLink(PUBLISHED_LINKS.bare, 'bank100000000004', null);
    assert.equal(
      link,
      'intent://qr.nspk.ru/BS10000LE9UMVMG79SARVEE105HKATPO#Intent;scheme=bank100000000004;' +
        'S.browser_fallback_url=https%3A%2F%2Fqr.nspk.ru%2FBS10000LE9UMVMG79SARVEE105HKATPO;end',
    );
  });

  it('are not made from anything but a bank\u2019s scheme and a web link', () => {
    assert.equal(bankSchemeLink(PUBLISHED_LINKS.bare, 'javascript'), null);
    assert.equal(bankSchemeLink(PUBLISHED_LINKS.bare, 'bank1'), null);
    assert.equal(bankSchemeLink('javascript:alert(1)', 'bank100000000004'), null);
    assert.equal(bankIntentLink('https://a.example/#Intent;end', 'bank100000000004', null), null);
    assert.equal(
      bankIntentLink(PUBLISHED_LINKS.bare, 'bank100000000004', 'a;S.x=y')?.includes('a;S.x'),
      false,
    );
  });

  it('pass the allow-list once built', () => {
    fc.assert(
      fc.property(anyPaymentLink, anyBankScheme, (link, scheme) => {
        assert.ok(isAllowedLink(bankSchemeLink(link, scheme)!), `${scheme} ${link}`);
        assert.ok(isAllowedLink(bankIntentLink(link, scheme, 'ru.bank.app')!), link);
      }),
    );
  });
});

describe('isAllowedLink', () => {
  it('refuses every other scheme, however it is spelt', () => {
    for (const link of [
      'javascript:alert(1)',
      'JaVaScRiPt:alert(1)',
      ' javascript:alert(1)',
      'java\tscript:alert(1)',
      'java\nscript:alert(1)',
      '\u0001javascript:alert(1)',
      'javascript&colon;alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'vbscript:x',
      'file:///etc/passwd',
      'blob:https://a.example/x',
      'https:\n//a.example',
      'https://user:pass@bank.example/',
      '//bank.example/',
      '/pay',
      '',
      'http://a.example/',
      'bank1000000000041://x',
      'bank10000000000a://x',
      'xbank100000000004://x',
      'sberpays://invoicing/v2',
      'xsberpay://invoicing/v2',
      'sber\tpay://invoicing/v2',
      'sberpay://user:pass@invoicing/v2',
      'ios-app://x',
      'onlineios-app-smartonline://x',
      'intent://x#Intent;scheme=sberpay;package=ru.sberbankmobile;end',
      'sberpay2://invoicing/v2',
      'sberpay\t://invoicing/v2',
      'sber://pay',
      'intent://x#Intent;scheme=sberpay;end',
      'intent://x#Intent;scheme=https;package=evil;end',
      'intent://x#Intent;scheme=bank100000000004;component=evil/.Main;end',
      'intent://x#Intent;scheme=bank100000000004;S.browser_fallback_url=javascript%3Aalert(1);end',
    ]) {
      assert.equal(isAllowedLink(link), false, JSON.stringify(link));
    }
  });

  it('takes https and banks, and http only to the companion itself', () => {
    assert.ok(isAllowedLink('https://qr.nspk.ru/x'));
    assert.ok(isAllowedLink('bank100000000004://qr.nspk.ru/x?a=b'));
    assert.ok(isAllowedLink('http://192.168.1.5:8787/sandbox/bank/x', 'http://192.168.1.5:8787'));
    assert.equal(isAllowedLink('http://192.168.1.6:8787/sandbox/bank/x', 'http://192.168.1.5:8787'), false);
  });

  it("takes SberPay's link by each of Sber's schemes, and knows it from others", () => {
    const path = 'invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef&operationType=Web2App';
    for (const scheme of [
      'sberpay',
      'SberPay',
      'onlineios-app',
      'startonline',
      'onlineappmobile',
      'budgetonline-ios',
      'btripsexpenses',
      'ios-app-smartonline',
    ]) {
      assert.ok(isAllowedLink(`${scheme}://${path}`), scheme);
      assert.ok(isSberPayLink(`${scheme}://${path}`), scheme);
    }
    for (const link of [
      `https://${path}`,
      `bank100000000004://${path}`,
      `sberpay://${path} `,
      'sberpay',
      '',
    ]) {
      assert.equal(isSberPayLink(link), false, link);
    }
  });

  it('takes every name that Sber\u2019s app has had', () => {
    for (const link of [
      'sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef&operationType=Web2App',
      'onlineios-app://sbolpay/invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef',
      'startonline://sbolpay',
      'onlineappmobile://sbolpay',
      'budgetonline-ios://sbolpay',
      'btripsexpenses://sbolpay',
      'ios-app-smartonline://sbolpay',
    ]) {
      assert.ok(isAllowedLink(link), link);
    }
  });
});

describe('isFormTarget', () => {
  it('takes https, and http only while the companion is on http itself', () => {
    assert.ok(isFormTarget('https://provider.example/pay?x=1', 'https://pay.example'));
    assert.ok(isFormTarget('https://provider.example/pay', 'http://localhost:8787'));
    assert.ok(isFormTarget('http://localhost:9000/pay', 'http://localhost:8787'));
    assert.equal(isFormTarget('http://provider.example/pay', 'https://pay.example'), false);
    assert.equal(isFormTarget('http://provider.example/pay', ''), false);
  });

  it('takes no app, no script and nothing relative', () => {
    for (const action of [
      'javascript:alert(1)',
      'java\nscript:alert(1)',
      'data:text/html,<script>alert(1)</script>',
      'blob:https://a.example/x',
      'mailto:a@example.com',
      'file:///etc/passwd',
      'bank100000000004://qr.nspk.ru/x',
      'sberpay://invoicing/v2',
      'https://user:pass@provider.example/',
      'https://user@provider.example/',
      'https://provider.example\\@evil.example/',
      'https:provider.example/pay',
      'https:///provider.example/pay',
      'https://',
      ' https://provider.example/',
      'https://provider.example/a b',
      'https://provider.example/\n',
      'https://провайдер.example/',
      '//provider.example/pay',
      '/pay',
      '',
    ]) {
      assert.equal(isFormTarget(action, 'http://localhost:8787'), false, JSON.stringify(action));
    }
  });
});
