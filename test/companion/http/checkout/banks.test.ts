import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it, type TestContext } from 'node:test';
import * as v from 'valibot';
import { createBankDirectory } from '../../../../src/companion/banks/directory.ts';
import { bankListFor } from '../../../../src/companion/banks/links.ts';
import type { BankListSource } from '../../../../src/companion/banks/list-source.ts';
import { parseTemplate, fillTemplate } from '../../../../src/companion/banks/link-template.ts';
import { BANK_SNAPSHOT } from '../../../../src/companion/banks/snapshot.ts';
import { OutboundClient, type OutboundCall } from '../../../../src/companion/outbound/client.ts';
import { PLATFORMS } from '../../../../src/protocol/banks.ts';
import { isAllowedLink } from '../../../../src/protocol/link-scheme.ts';
import { bankListSchema } from '../../../../src/protocol/schemas.ts';
import { startCompanion } from '../../../support/companion.ts';
import { makeMembers, NspkWidget } from '../../../support/nspk-widget.ts';
import { until } from '../../../support/until.ts';

const ID = 'AD10001RQ10OT70E8LEOT61G16J41I09';
const QUERY = '?type=02&bank=100000000111&sum=1400&cur=RUB&crc=62E3';
const LINK = `https://qr.nspk.ru/${ID}${QUERY}`;
const DAY_MS = 24 * 60 * 60_000;
const CLIENT = { 1: 'Romashka shop', 2: 'client-id-12' } as const;

async function openWidget(t: TestContext): Promise<NspkWidget> {
  const widget = await NspkWidget.open();
  t.after(() => widget.close());
  return widget;
}

function openDirectory(t: TestContext, widget: NspkWidget, version: 1 | 2, cacheFile?: string) {
  let time = Date.parse('2026-01-01T00:00:00Z');
  const warnings: object[] = [];
  const source: BankListSource = {
    kind: 'widget',
    url: `${widget.url}/v${version}`,
    version,
    client: CLIENT[version],
    logoOrigins: [],
  };
  const outbound = new OutboundClient({ development: true });
  t.after(() => outbound.close());
  const directory = createBankDirectory({
    source,
    outbound,
    log: { info: () => undefined, warn: (details) => warnings.push(details) },
    now: () => time,
    random: () => 0,
    timeoutMs: 2_000,
    ...(cacheFile === undefined ? {} : { cacheFile }),
  });
  t.after(() => directory.close());
  return { directory, warnings, pass: (ms: number) => (time += ms) };
}

describe('the official widget API', () => {
  for (const version of [1, 2] as const) {
    it(`v${version} is asked for each platform as it demands, without any payment`, async (t) => {
      const widget = await openWidget(t);
      const { directory, warnings } = openDirectory(t, widget, version);
      await directory.settled();
      assert.deepEqual(warnings, []);
      assert.deepEqual(
        widget.calls.map(({ headers }) => headers['x-platform']).sort(),
        [...PLATFORMS].sort(),
      );
      for (const { path, headers, status } of widget.calls) {
        assert.equal(path, version === 1 ? '/v1/members/qr' : '/v2/sbp/members/qr');
        assert.equal(status, 200);
        assert.equal(headers['x-payload'], undefined);
        assert.equal(headers[version === 1 ? 'x-client-id' : 'x-client'], undefined);
      }
      for (const platform of PLATFORMS) assert.equal(directory.banks(platform).length, 200);
    });

    it(`v${version}'s templates become what the API itself would answer for the payment`, async (t) => {
      const widget = await openWidget(t);
      const { directory } = openDirectory(t, widget, version);
      await directory.settled();
      for (const platform of PLATFORMS) {
        const list = bankListFor(directory.banks(platform), LINK, platform);
        assert.ok(v.is(bankListSchema, list));
        const response = await fetch(`${widget.url}${version === 1 ? '/v1/members' : '/v2/sbp/members'}`, {
          headers: {
            [version === 1 ? 'x-client' : 'x-client-id']: CLIENT[version],
            'x-platform': platform,
            'x-payload': LINK,
          },
        });
        const { members } = (await response.json()) as { members: { url: string }[] };
        assert.deepEqual(
          list.banks.map(({ url }) => url),
          members.map(({ url }) => url),
        );
        assert.ok(list.banks.every(({ id }) => /^[\w-]+$/.test(id)));
        assert.equal(new Set(list.banks.map(({ id }) => id)).size, 200);
      }
    });
  }

  it('is asked once a day for each platform, and each keeps its last good list', async (t) => {
    const widget = await openWidget(t);
    const { directory, warnings, pass } = openDirectory(t, widget, 2);
    await directory.settled();
    pass(DAY_MS - 1);
    for (const platform of PLATFORMS) directory.banks(platform);
    await directory.settled();
    assert.equal(widget.calls.length, 3);
    pass(1);
    widget.members = (platform, version) => makeMembers(platform, version, platform === 'ios' ? 19 : 150);
    for (const platform of PLATFORMS) directory.banks(platform);
    await directory.settled();
    assert.deepEqual(
      PLATFORMS.map((platform) => directory.banks(platform).length),
      [200, 150, 150],
      'nineteen banks are no list',
    );
    assert.deepEqual(warnings, [{ reason: 'has only 19 usable entries', failures: 1, platforms: ['ios'] }]);
    pass(DAY_MS);
    widget.outage = 400;
    for (const platform of PLATFORMS) directory.banks(platform);
    await directory.settled();
    assert.equal(directory.banks('android').length, 150);
  });

  it('is kept across restarts, each platform by itself, and serves the snapshot when it never answered', async (t) => {
    const widget = await openWidget(t);
    const folder = mkdtempSync(join(tmpdir(), 'sbp-banks-'));
    const cacheFile = join(folder, 'banks.json');
    widget.members = (platform, version) => makeMembers(platform, version, 40 + PLATFORMS.indexOf(platform));
    await openDirectory(t, widget, 2, cacheFile).directory.settled();
    assert.deepEqual(readdirSync(folder).sort(), [
      ...['banks-android.json', 'banks-desktop.json', 'banks-ios.json'],
    ]);
    widget.outage = 503;
    const { directory } = openDirectory(t, widget, 2, cacheFile);
    assert.deepEqual(
      PLATFORMS.map((platform) => directory.banks(platform).length),
      [40, 41, 42],
    );
    await directory.settled();
    const { directory: fresh } = openDirectory(t, widget, 2);
    await fresh.settled();
    assert.equal(fresh.banks('ios'), BANK_SNAPSHOT);
  });

  it('is not believed about another platform', async (t) => {
    const widget = await openWidget(t);
    class AndroidOnly extends OutboundClient {
      override configured(): OutboundClient {
        return this;
      }
      override call(call: OutboundCall) {
        return super.call({ ...call, headers: { ...call.headers, 'x-platform': 'android' } });
      }
    }
    const elsewhere = createBankDirectory({
      source: { kind: 'widget', url: `${widget.url}/v2`, version: 2, client: CLIENT[2], logoOrigins: [] },
      log: { info: () => undefined, warn: () => undefined },
      outbound: new AndroidOnly({ development: true }),
    });
    t.after(() => elsewhere.close());
    await elsewhere.settled();
    assert.equal(elsewhere.banks('ios'), BANK_SNAPSHOT);
    assert.equal(elsewhere.banks('android').length, 200);
  });

  it('costs an unusable member that member', async (t) => {
    const widget = await openWidget(t);
    const good = (url: string, more: object = {}) => ({ id: '1', name: 'Банк', logo: null, url, ...more });
    const bad = [
      ...[null, 42, 'x', [], {}, { name: 'Без ссылки' }, { url: 'https://a.example/{QRC_ID}' }],
      ...['javascript:alert({QRC_ID})', 'data:text/html,{QRC_ID}', 'http://a.example/{QRC_ID}'].map((url) =>
        good(url),
      ),
      good('https://a.example/{QRC_ID}', { name: { toString: 1 } }),
      good('https://a.example/{QRC_ID}', { name: ' \u202e ' }),
    ];
    widget.members = (platform, version) => [
      ...bad,
      ...makeMembers(platform, version, 60),
      good('https://t.example/{QRC_ID}', { name: 'Т-Банк', id: '../../etc', future: { field: 1 } }),
      good('https://m.example/{QRC_ID}', {
        name: '<img src=x onerror=alert(1)>',
        id: 7,
        logo: 'javascript:1',
      }),
    ];
    const { directory } = openDirectory(t, widget, 2);
    await directory.settled();
    const { banks } = bankListFor(directory.banks('desktop'), LINK, 'desktop');
    assert.equal(banks.length, 62);
    const [tBank, marked] = banks.slice(-2);
    assert.ok(tBank!.aliases.includes('тинькофф'), 'known by its name where there is no scheme');
    assert.match(tBank!.id, /^member-[0-9a-f]{12}$/);
    assert.equal(marked!.name, '<img src=x onerror=alert(1)>');
    assert.equal(directory.banks('desktop').at(-1)!.logoUrl, null);
  });

  it('takes 5,000 members and names of 10 kB for what they are', async (t) => {
    const widget = await openWidget(t);
    widget.members = (platform, version) =>
      makeMembers(platform, version, 5_000).map((member) => ({ ...member, name: 'Ж'.repeat(50) }));
    const { directory } = openDirectory(t, widget, 2);
    await directory.settled();
    assert.equal(directory.banks('ios').length, 2_000);
    widget.members = (platform, version) =>
      makeMembers(platform, version, 60).map((member) => ({ ...member, name: 'Ж'.repeat(10_000) }));
    const { directory: named } = openDirectory(t, widget, 2);
    await named.settled();
    assert.equal(named.banks('ios')[0]!.name.length, 80);
  });
});

describe('a template of a bank’s link', () => {
  const SCHEME = 'bank100000000004://qr.nspk.ru/{QRC_ID}{QUERY_STRING}';

  it('keeps every byte of the payment, with a query and without', () => {
    assert.deepEqual(fillTemplate(SCHEME, LINK), {
      kind: 'scheme',
      url: LINK.replace('https', 'bank100000000004'),
    });
    assert.equal(
      fillTemplate(SCHEME, `https://qr.nspk.ru/${ID}`)!.url,
      `bank100000000004://qr.nspk.ru/${ID}`,
    );
    const odd = `https://qr.nspk.ru/${ID}?a=$&$1$\`{QRC_ID}%7B&crc=0000`;
    assert.equal(
      fillTemplate(SCHEME, odd)!.url,
      odd.replace('https', () => 'bank100000000004'),
    );
  });

  it('may be a web address or an intent', () => {
    assert.deepEqual(fillTemplate('https://www.tbank.ru/qr/{QRC_ID}{QUERY_STRING}', LINK), {
      kind: 'web',
      url: `https://www.tbank.ru/qr/${ID}${QUERY}`,
    });
    const intent =
      'intent://qr.nspk.ru/{QRC_ID}{QUERY_STRING}#Intent;scheme=bank100000000004;package=ru.x;end';
    assert.equal(parseTemplate(intent), intent);
    assert.equal(fillTemplate(intent, LINK)!.kind, 'intent');
  });

  it('fills in no payment link but NSPK’s own', () => {
    for (const link of [
      'https://pay.example.ru/sandbox/bank/1',
      LINK.replace('qr.nspk.ru', 'qr.nspk.ru.evil.example'),
      LINK.replace('qr.', 'sub.'),
      `${LINK}#x`,
      `javascript:alert(1)//${LINK}`,
    ]) {
      assert.equal(fillTemplate(SCHEME, link), null, link);
    }
  });

  for (const url of [
    'javascript:alert(1)//{QRC_ID}',
    'JaVaScRiPt://a.example/{QRC_ID}',
    'java\nscript://a.example/{QRC_ID}',
    ' https://a.example/{QRC_ID}',
    'data:text/html,{QRC_ID}',
    'http://a.example/{QRC_ID}',
    'ftp://a.example/{QRC_ID}',
    'file:///{QRC_ID}',
    'sberpay://invoicing/{QRC_ID}',
    'bank1://qr.nspk.ru/{QRC_ID}',
    'https://{QRC_ID}.a.example/{QRC_ID}',
    'https://a.example{QUERY_STRING}/{QRC_ID}',
    'https://user:pass@a.example/{QRC_ID}',
    'https://a.example/{QUERY_STRING}',
    'https://a.example/{QRC_ID}{AMOUNT}',
    'https://a.example/{{QRC_ID}}',
    'https://a.example/',
    'intent://qr.nspk.ru/{QRC_ID}#Intent;scheme=javascript;end',
    'intent://qr.nspk.ru/{QRC_ID}#Intent;scheme=bank100000000004;component=evil/.Main;end',
    `https://a.example/{QRC_ID}${'x'.repeat(1_000)}`,
    '{QRC_ID}',
    '',
    null,
    7,
  ]) {
    it(`is not ${JSON.stringify(url).slice(0, 90)}`, () => assert.equal(parseTemplate(url), null));
  }
});

describe('links with ready ones at hand', () => {
  const listed = { packageName: 'ru.x', webUrl: null, logoUrl: null, name: 'Т-Банк' };
  const web = 'https://www.tbank.ru/qr/{QRC_ID}{QUERY_STRING}';

  it('put the ready one first and keep the others reachable', () => {
    const scheme = 'bank100000000004';
    const bank = { ...listed, id: scheme, scheme, template: web };
    const kinds = (platform: (typeof PLATFORMS)[number]) =>
      bankListFor([bank], LINK, platform).banks[0]!.links.map(({ kind }) => kind);
    assert.deepEqual(kinds('ios'), ['web', 'scheme']);
    assert.deepEqual(kinds('android'), ['web', 'scheme', 'intent']);
    const same = { ...bank, template: `${scheme}://qr.nspk.ru/{QRC_ID}{QUERY_STRING}` };
    assert.deepEqual(
      bankListFor([same], LINK, 'ios').banks[0]!.links.map(({ kind }) => kind),
      ['scheme'],
    );
    for (const { url } of bankListFor([bank], LINK, 'android').banks[0]!.links) assert.ok(isAllowedLink(url));
  });

  it('leave out a bank that nothing leads to for this payment', () => {
    const bank = { ...listed, id: 'member-1', scheme: null, template: web };
    assert.deepEqual(bankListFor([bank], 'https://pay.example.ru/1', 'ios').banks, []);
  });
});

describe('a companion on the widget API', () => {
  it('gives the payer ready links for the platform in hand, and merchants the banks with a scheme', async (t) => {
    const widget = await openWidget(t);
    const shop = await startCompanion({
      SBP_BANKS_URL: `${widget.url}/v2/`,
      SBP_BANKS_CLIENT: CLIENT[2],
      SBP_SANDBOX_LINK: 'nspk',
    });
    t.after(() => shop.stop());
    const { token, qr_payload } = await shop.createPayment();
    const banksFor = async (userAgent: string) => {
      const response = await shop.checkout('/session/banks', token, { 'user-agent': userAgent });
      return v
        .parse(bankListSchema, await response.json())
        .banks.filter(({ id }) => !id.startsWith('sandbox'));
    };
    const iphone =
      'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 Version/18.5 Mobile/15E148 Safari/604.1';
    const android =
      'Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/140.0.0.0 Mobile Safari/537.36';
    await until(async () => (await banksFor(iphone)).length === 200, 'the list');
    const ninth = async (userAgent: string) =>
      (await banksFor(userAgent)).find(({ name }) => name === 'Банк 9')!.url;
    const query = qr_payload.slice('https://qr.nspk.ru/'.length);
    assert.equal(await ninth(iphone), `https://bank9.example/ios/${query}`);
    assert.equal(await ninth(android), `https://bank9.example/android/${query}`);
    assert.equal(await ninth('Mozilla/5.0 (X11; Linux x86_64)'), `https://bank9.example/desktop/${query}`);
    const merchants = (await (await shop.api('/banks')).json()) as { banks: { scheme: string }[] };
    assert.equal(merchants.banks.length, 180);
    assert.ok(merchants.banks.every(({ scheme }) => /^bank\d{12}$/.test(scheme)));
    for (const { headers } of widget.calls) assert.equal(JSON.stringify(headers).includes(query), false);
  });
});
