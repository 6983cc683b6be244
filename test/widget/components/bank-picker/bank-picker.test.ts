import { expect } from '@open-wc/testing';
import { shiftClock } from '../../../../demo/gallery/payer.ts';
import { readBanks } from '../../../../src/widget/components/bank-picker/read-banks.ts';
import { BANK_TEXTS } from '../../../../src/widget/locales/banks.ts';
import { all, bank, namesOf, ORIGIN, search, showPicker, TWELVE } from '../../../support/bank-picker.ts';
import { pause } from '../../../support/fake-companion.ts';
import { LINK } from '../../../support/snapshots.ts';
import { tap } from '../../../support/tap.ts';

const ru = BANK_TEXTS.ru;
const KEY = 'sbp-checkout:banks';

beforeEach(() => localStorage.removeItem(KEY));

describe('<sbp-bank-picker>', () => {
  it('is accessible', async () => {
    const picker = await showPicker(TWELVE);
    await expect(picker).to.be.accessible();
    await search(picker, 'нет такого');
    await expect(picker).to.be.accessible();
  });

  it('shows the eight largest as tiles and the rest as rows, each a real link of at least 44 px', async () => {
    const picker = await showPicker(TWELVE);
    expect(all(picker, 'a.tile').length).to.equal(8);
    expect(all(picker, 'a.row').length).to.equal(4);
    for (const link of all<HTMLAnchorElement>(picker, 'a[part=bank]')) {
      expect(link.getAttribute('href')).to.equal(LINK.replace('https', 'bank100000000004'));
      expect(link.target).to.equal('');
      expect(link.getBoundingClientRect().height).to.be.at.least(44);
    }
  });

  it('breaks a long name where people would, and adds no character to it', async () => {
    const picker = await showPicker([bank('Райффайзенбанк'), bank('Сбербанк'), bank('Банк ВТБ')]);
    const names = all(picker, '.name');
    expect(names.map(({ textContent }) => textContent)).to.deep.equal([
      'Райффайзенбанк',
      'Сбербанк',
      'Банк ВТБ',
    ]);
    expect(names.map((name) => name.querySelectorAll('wbr').length)).to.deep.equal([1, 1, 0]);
  });

  it('opens a web bank beside the checkout', async () => {
    const picker = await showPicker([bank('Веб-банк', { url: 'https://bank.example/pay' })]);
    const [link] = all<HTMLAnchorElement>(picker, 'a[part=bank]');
    expect(link!.target).to.equal('_blank');
    expect(link!.rel).to.equal('noopener noreferrer');
  });

  it('tells which bank was tapped within the tap itself', async () => {
    const tapped: string[] = [];
    const picker = await showPicker(TWELVE, {
      onBankTap: ({ name }, tap) => {
        tapped.push(name);
        tap.preventDefault();
      },
    });
    await tap(all(picker, 'a[part=bank]')[2]!);
    expect(tapped).to.deep.equal(['Банк 3']);
  });

  it('searches over case, ё, punctuation and aliases', async () => {
    const picker = await showPicker([
      bank('АЛЬФА-БАНК', { aliases: ['alfa'] }),
      bank('Банк «Объединённый капитал»'),
      bank('Т-Банк', { aliases: ['Тинькофф', 'Tinkoff'] }),
    ]);
    expect(await search(picker, 'альфа банк')).to.deep.equal(['АЛЬФА-БАНК']);
    expect(await search(picker, 'альфабанк')).to.deep.equal(['АЛЬФА-БАНК']);
    expect(await search(picker, 'объединенный "капитал"')).to.deep.equal(['Банк «Объединённый капитал»']);
    expect(await search(picker, 'TINK')).to.deep.equal(['Т-Банк']);
    expect(await search(picker, '  ')).to.have.length(3);
  });

  it('announces how many were found once the payer has stopped typing', async () => {
    const picker = await showPicker(TWELVE);
    const said = all(picker, '[role=status]')[0]!;
    await search(picker, 'б');
    await search(picker, 'банк 1');
    expect(said.textContent).to.equal('');
    await pause(800);
    expect(said.textContent.replaceAll('\u00a0', ' ')).to.equal('Найдено 4 банка');
    await search(picker, 'нет такого');
    await pause(800);
    expect(said.textContent).to.equal(ru.nothingFound);
    await search(picker, '');
    await pause(800);
    expect(said.textContent).to.equal('');
    await search(picker, 'банк 2');
    picker.remove();
    await pause(800);
    expect(said.textContent, 'gone from the page').to.equal('');
  });

  it('leaves a way on when nothing was found', async () => {
    const picker = await showPicker(TWELVE);
    await search(picker, 'нет такого');
    expect(all(picker, '.note')[0]!.textContent).to.equal(ru.nothingFound);
    expect(all<HTMLAnchorElement>(picker, 'a[part=button]')[0]!.getAttribute('href')).to.equal(LINK);
    const [clear] = all(picker, 'button');
    expect(clear!.innerText.trim()).to.equal(ru.clearSearch);
    await tap(clear!);
    await picker.updateComplete;
    expect(namesOf(picker).length).to.equal(12);
    expect(picker.shadowRoot!.activeElement).to.equal(all(picker, 'input')[0]);
  });

  it('is no dead end without a list, and tries again when asked', async () => {
    let tries = 0;
    const picker = await showPicker(null, {
      load: () =>
        ++tries === 1 ? Promise.reject(new Error('503')) : Promise.resolve({ banks: [bank('Банк')] }),
    });
    expect(all(picker, '.note')[0]!.textContent).to.equal(ru.banksFailed);
    expect(all<HTMLAnchorElement>(picker, 'a[part=button]')[0]!.getAttribute('href')).to.equal(LINK);
    await expect(picker).to.be.accessible();
    await tap(all(picker, 'button')[0]!);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(all(picker, 'a[part=bank]').length).to.equal(1);
  });

  it('fetches a list that failed once more when the companion answers, not in a storm and not for ever', async () => {
    let tries = 0;
    const picker = await showPicker(null, { load: () => Promise.reject(new Error(String(tries++))) });
    for (let count = 1; count <= 5; count++) {
      picker.snapshotCount = count;
      await picker.updateComplete;
    }
    expect(tries, 'it has only just failed').to.equal(1);
    for (let count = 6; count <= 55; count++) {
      shiftClock((count - 5) * 2_000);
      picker.snapshotCount = count;
      await picker.updateComplete;
      expect(all(picker, '.note').length, 'nothing flickers').to.equal(1);
    }
    expect(tries).to.equal(11);
    shiftClock(0);
  });

  it('keeps the letter where a logo does not load', async () => {
    const picker = await showPicker([bank('Банк', { logo_url: `${location.origin}/no-such-logo.png` })]);
    expect(all(picker, 'img').length, 'neither https nor the companion’s').to.equal(0);
    picker.remove();
    const logo_url = `${location.origin}/fake/no-logo.png`;
    const other = await showPicker([bank('Банк', { logo_url })], { origin: location.origin });
    const logo = all<HTMLImageElement>(other, 'img')[0]!;
    logo.loading = 'eager'; // A background page never loads its lazy images.
    for (let turn = 0; turn < 100 && !logo.hidden; turn++) await pause(30);
    expect(logo.hidden).to.be.true;
    expect(all(other, '.avatar')[0]!.textContent.trim()).to.equal('Б');
  });

  it('never shows one bank under the logo of another', async () => {
    const logo = (name: string) => ({ logo_url: `${ORIGIN}/${name}.png` });
    const picker = await showPicker([bank('Альфа', logo('a')), bank('Бета', logo('b')), bank('Гамма')]);
    await search(picker, 'а'); // One name begins with it. No other name does.
    const before = all<HTMLImageElement>(picker, 'img')[0]!;
    await search(picker, 'бета');
    const after = all<HTMLImageElement>(picker, 'img')[0]!;
    expect(after.src).to.equal(`${ORIGIN}/b.png`);
    expect(after).not.to.equal(before);
    await search(picker, 'гамма');
    expect(all(picker, 'img').length).to.equal(0);
  });

  it('draws the letter that tells a bank from others', async () => {
    const names = ['Банк ВТБ', 'ПАО «Банк «Ёлка»', 'Банк', 'Банк 1', 'банкир', '«»', '🏦 Ромашка'];
    const picker = await showPicker(names.map((name) => bank(name)));
    expect(all(picker, '.avatar').map((avatar) => avatar.textContent.trim())).to.deep.equal([
      ...['В', 'Ё', 'Б', '1', 'Б', '', 'Р'],
    ]);
  });

  it('marks the logos as lazy and keeps rows off the screen from being drawn', async () => {
    const many = Array.from({ length: 200 }, (_, i) => bank(`Банк ${i}`, { logo_url: `${ORIGIN}/${i}.png` }));
    const picker = await showPicker(many);
    const logos = all<HTMLImageElement>(picker, 'img');
    expect(logos.length).to.equal(200);
    expect(logos.every(({ loading, alt }) => loading === 'lazy' && alt === '')).to.equal(true);
    expect(getComputedStyle(all(picker, '.rows li')[150]!).contentVisibility).to.equal('auto');
  });
});

describe('the last used banks', () => {
  const stored = () => localStorage.getItem(KEY);
  const lists = (picker: Parameters<typeof all>[0]) =>
    all(picker, 'ul').map((list) => [...list.querySelectorAll('.name')].map((name) => name.textContent));

  it('come first under a heading of their own, once each, and after a tap only', async () => {
    const first = await showPicker(TWELVE);
    expect(all(first, 'h3').length).to.equal(0);
    expect(stored(), 'nothing is kept for having looked').to.equal(null);
    for (const index of [10, 2, 5, 11]) await tap(all(first, 'a[part=bank]')[index]!);
    await first.updateComplete;
    expect(namesOf(first)[0], 'nothing moves under the finger').to.equal('Банк 1');
    expect(stored()).to.equal(JSON.stringify(['Банк 12', 'Банк 6', 'Банк 3']));

    const next = await showPicker(TWELVE);
    expect(all(next, 'h3').map((heading) => heading.textContent)).to.deep.equal([ru.recent, ru.allBanks]);
    const [recent, tiles, rows] = lists(next);
    expect(recent).to.deep.equal(['Банк 12', 'Банк 6', 'Банк 3']);
    expect(tiles!.length).to.equal(8);
    expect(tiles!.slice(0, 3)).to.deep.equal(['Банк 1', 'Банк 2', 'Банк 4']);
    expect(rows).to.deep.equal(['Банк 11']);
    await expect(next).to.be.accessible();

    await search(next, 'банк');
    expect(namesOf(next).length, 'what is no search changes nothing').to.equal(12);
    await search(next, '12');
    expect(namesOf(next)).to.deep.equal(['Банк 12']);
    await tap(all(next, 'a[part=bank]')[0]!);
    expect(stored()).to.equal(JSON.stringify(['Банк 12', 'Банк 6', 'Банк 3']));
  });

  const BAD = [
    '',
    'null',
    '42',
    '{"0":"x"}',
    '[[["Банк 1"]],{"id":"Банк 1"},null,7]',
    '["нет такого"]',
    '[',
    '"Банк 1"',
    `["${'x'.repeat(50_000)}"]`,
  ];
  for (const value of BAD) {
    it(`are none for ${JSON.stringify(value.slice(0, 40))} in the storage`, async () => {
      localStorage.setItem(KEY, value);
      const picker = await showPicker(TWELVE);
      expect(all(picker, 'h3').length).to.equal(0);
      expect(namesOf(picker).length).to.equal(12);
      await tap(all(picker, 'a[part=bank]')[4]!);
      expect((JSON.parse(stored()!) as string[])[0]).to.equal('Банк 5');
    });
  }

  it('are at most three, whatever was stored', async () => {
    localStorage.setItem(KEY, JSON.stringify(TWELVE.map((_, index) => `Банк ${index + 1}`)));
    const [recent] = lists(await showPicker(TWELVE));
    expect(recent!.length).to.equal(3);
  });

  it('are not needed for anything: a storage that is denied changes nothing', async () => {
    const own = Object.getOwnPropertyDescriptor(window, 'localStorage')!;
    Object.defineProperty(window, 'localStorage', {
      configurable: true,
      get: () => {
        throw new DOMException('denied', 'SecurityError');
      },
    });
    try {
      const tapped: string[] = [];
      const picker = await showPicker(TWELVE, {
        onBankTap: ({ name }, tap) => {
          tapped.push(name);
          tap.preventDefault();
        },
      });
      expect(namesOf(picker).length).to.equal(12);
      await tap(all(picker, 'a[part=bank]')[0]!);
      expect(tapped).to.deep.equal(['Банк 1']);
    } finally {
      Object.defineProperty(window, 'localStorage', own);
    }
  });
});

describe('readBanks', () => {
  const HOSTILE_LINKS = [
    'javascript:alert(1)',
    'JaVaScRiPt:alert(1)',
    'java\nscript:alert(1)',
    'java\tscript:alert(1)',
    ' javascript:alert(1)',
    '\u0001javascript:alert(1)',
    'javascript&#58;alert(1)',
    'data:text/html,<script>alert(1)</script>',
    'vbscript:x',
    'blob:https://pay.example.ru/1',
    'file:///etc/passwd',
    'about:blank',
    'http://evil.example/',
    '//evil.example/',
    '/relative',
    'https://user:pass@evil.example/',
    'tel:112',
    'sms:112',
    'bank1://x',
    'bank1000000000044://x',
    'bank10000000000a://x',
    'intent://x#Intent;scheme=javascript;end',
    'intent://x#Intent;scheme=bank100000000004;component=evil/.Main;end',
    'intent://x#Intent;scheme=bank100000000004;S.browser_fallback_url=javascript%3Aalert(1);end',
  ];

  for (const url of HOSTILE_LINKS) {
    it(`drops a bank whose only link is ${JSON.stringify(url)}`, () => {
      expect(readBanks({ banks: [bank('Банк', { url, links: [{ kind: 'web', url }] })] }, ORIGIN)).to.be
        .empty;
    });
  }

  it('takes another link of a bank when the first may not be tapped', () => {
    const good = 'https://bank.example/pay';
    const [entry] = readBanks(
      { banks: [bank('Банк', { url: 'javascript:1', links: [{ kind: 'web', url: good }] })] },
      ORIGIN,
    );
    expect(entry!.url).to.equal(good);
  });

  it('survives entries that are not banks', () => {
    const odd = [null, 1, 'x', [], {}, { name: 1, url: 2 }, { name: ' ', url: 'https://a.example' }];
    expect(readBanks({ banks: [...odd, bank('Банк')] }, ORIGIN).map(({ name }) => name)).to.deep.equal([
      'Банк',
    ]);
    for (const list of [null, [], { banks: {} }, 'x']) expect(readBanks(list, ORIGIN)).to.be.empty;
  });

  it('shows a hostile name as text', async () => {
    const name = '<img src=x onerror="window.pwned=1"><script>window.pwned=1</script>';
    const picker = await showPicker([bank(name)]);
    expect(all(picker, '.name')[0]!.textContent).to.equal(name);
    expect(all(picker, 'img, script').length).to.equal(0);
  });

  it('is bounded, whatever it is sent', async () => {
    const aliases = Array.from({ length: 1_000 }, () => 'я'.repeat(10_000));
    const links = Array.from({ length: 1_000 }, () => ({ kind: 'web', url: LINK }));
    const name = 'Ж'.repeat(10_000);
    const many = Array.from({ length: 5_000 }, (_, id) => bank(name, { id, aliases, links }));
    const [first, ...others] = readBanks({ banks: many }, ORIGIN);
    expect(others.length).to.equal(499);
    expect([
      first!.name.length,
      first!.aliases.length,
      first!.aliases[0]!.length,
      first!.links.length,
    ]).to.deep.equal([...[80, 20, 80, 5]]);
    const picker = await showPicker(many);
    expect(all(picker, 'a[part=bank]').length).to.equal(500);
    expect(picker.getBoundingClientRect().width).to.be.at.most(390);
    expect(
      readBanks(
        { banks: [bank('Банк', { url: `https://a.example/${'x'.repeat(10_000)}`, links: [] })] },
        ORIGIN,
      ),
    ).to.be.empty;
  });

  it('takes a list with fields missing and fields of the future', () => {
    const url = 'https://bank.example/pay';
    const [entry] = readBanks(
      { banks: [{ name: 'Банк', url, colour: 'red', links: [{ kind: 'nfc', url }] }], v: 9 },
      ORIGIN,
    );
    expect(entry).to.deep.equal({
      id: '',
      name: 'Банк',
      logo_url: null,
      aliases: [],
      url,
      links: [{ kind: 'web', url }],
    });
  });

  it('takes logos by https and from the companion only', () => {
    const logos = [
      'https://cdn.example/a.png',
      `${ORIGIN}/b.png`,
      'http://a.example/c.png',
      'data:,x',
      'd.png',
    ];
    const read = readBanks({ banks: logos.map((logo_url) => bank('Банк', { logo_url })) }, ORIGIN);
    expect(read.map(({ logo_url }) => logo_url)).to.deep.equal([logos[0], logos[1], null, null, null]);
  });
});
