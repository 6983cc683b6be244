import { expect, fixture, html } from '@open-wc/testing';
import type { Bank } from '../../src/protocol/banks.ts';
import { readBanks } from '../../src/widget/components/bank-entries.ts';
import { SbpBankPicker } from '../../src/widget/components/bank-picker.ts';
import { fold, searchBanks } from '../../src/widget/components/bank-search.ts';
import { defineOnce } from '../../src/widget/define.ts';
import { ru } from '../../src/widget/locales/ru.ts';
import { LINK } from '../support/snapshots.ts';

defineOnce('sbp-bank-picker', SbpBankPicker);

const ORIGIN = 'https://pay.example.ru';

function bank(name: string, changes: object = {}): object {
  const url = LINK.replace('https', 'bank100000000004');
  return { id: name, name, logo_url: null, aliases: [], url, links: [{ kind: 'scheme', url }], ...changes };
}

const TWELVE = Array.from({ length: 12 }, (_, index) => bank(`Банк ${index + 1}`));

async function show(banks: unknown, changes: Partial<SbpBankPicker> = {}): Promise<SbpBankPicker> {
  const picker = await fixture<SbpBankPicker>(html`
    <sbp-bank-picker
      .texts=${ru}
      .locale=${'ru'}
      .origin=${ORIGIN}
      .link=${LINK}
      .load=${changes.load ?? (() => Promise.resolve({ platform: 'ios', banks }))}
      .whenTapped=${changes.whenTapped ?? ((_: Bank, tap: Event) => tap.preventDefault())}
    ></sbp-bank-picker>
  `);
  await new Promise((resolve) => setTimeout(resolve));
  await picker.updateComplete;
  return picker;
}

function all<T extends Element = HTMLElement>(picker: SbpBankPicker, selector: string): T[] {
  return [...picker.shadowRoot!.querySelectorAll<T>(selector)];
}

async function search(picker: SbpBankPicker, query: string): Promise<string[]> {
  const input = all<HTMLInputElement>(picker, 'input')[0]!;
  input.value = query;
  input.dispatchEvent(new Event('input'));
  await picker.updateComplete;
  return all(picker, 'a[part=bank]').map((link) => link.querySelector('.name')!.textContent);
}

describe('<sbp-bank-picker>', () => {
  it('is accessible', async () => {
    const picker = await show(TWELVE);
    await expect(picker).to.be.accessible();
    await search(picker, 'нет такого');
    await expect(picker).to.be.accessible();
  });

  it('shows the eight largest as tiles and the rest as rows, each a real link of at least 44 px', async () => {
    const picker = await show(TWELVE);
    expect(all(picker, 'a.tile').length).to.equal(8);
    expect(all(picker, 'a.row').length).to.equal(4);
    for (const link of all<HTMLAnchorElement>(picker, 'a[part=bank]')) {
      expect(link.getAttribute('href')).to.equal(LINK.replace('https', 'bank100000000004'));
      expect(link.target).to.equal('');
      expect(link.getBoundingClientRect().height).to.be.at.least(44);
    }
  });

  it('breaks a long name where people would, and adds no character to it', async () => {
    const picker = await show([bank('Райффайзенбанк'), bank('Сбербанк'), bank('Банк ВТБ')]);
    const names = all(picker, '.name');
    expect(names.map(({ textContent }) => textContent)).to.deep.equal([
      'Райффайзенбанк',
      'Сбербанк',
      'Банк ВТБ',
    ]);
    expect(names.map((name) => name.querySelectorAll('wbr').length)).to.deep.equal([1, 1, 0]);
  });

  it('opens a web bank beside the checkout', async () => {
    const picker = await show([bank('Веб-банк', { url: 'https://bank.example/pay' })]);
    const [link] = all<HTMLAnchorElement>(picker, 'a[part=bank]');
    expect(link!.target).to.equal('_blank');
    expect(link!.rel).to.equal('noopener noreferrer');
  });

  it('tells which bank was tapped within the tap itself', async () => {
    const tapped: string[] = [];
    const picker = await show(TWELVE, {
      whenTapped: ({ name }, tap) => {
        tapped.push(name);
        tap.preventDefault();
      },
    });
    all(picker, 'a[part=bank]')[2]!.click();
    expect(tapped).to.deep.equal(['Банк 3']);
  });

  it('searches over case, ё, punctuation and aliases', async () => {
    const picker = await show([
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

  it('announces how many were found and leaves a way on when none was', async () => {
    const picker = await show(TWELVE);
    await search(picker, 'банк 1');
    expect(all(picker, '[role=status]')[0]!.textContent.trim()).to.equal('Найдено 4 банка');
    await search(picker, 'нет такого');
    expect(all(picker, '.note')[0]!.textContent).to.equal(ru.nothingFound);
    expect(all<HTMLAnchorElement>(picker, 'a[part=button]')[0]!.getAttribute('href')).to.equal(LINK);
  });

  it('is no dead end without a list, and tries again when asked', async () => {
    let tries = 0;
    const picker = await show(null, {
      load: () =>
        ++tries === 1 ? Promise.reject(new Error('503')) : Promise.resolve({ banks: [bank('Банк')] }),
    });
    expect(all(picker, '.note')[0]!.textContent).to.equal(ru.banksFailed);
    expect(all<HTMLAnchorElement>(picker, 'a[part=button]')[0]!.getAttribute('href')).to.equal(LINK);
    await expect(picker).to.be.accessible();
    all(picker, 'button')[0]!.click();
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(all(picker, 'a[part=bank]').length).to.equal(1);
  });

  it('keeps the letter where a logo does not load', async () => {
    const picker = await show([bank('Банк', { logo_url: `${location.origin}/no-such-logo.png` })], {});
    expect(all(picker, 'img').length, 'neither https nor the companion’s').to.equal(0);
    picker.remove();
    const other = await fixture<SbpBankPicker>(html`
      <sbp-bank-picker
        .texts=${ru}
        .locale=${'ru'}
        .origin=${location.origin}
        .link=${null}
        .whenTapped=${() => undefined}
        .load=${() =>
          Promise.resolve({ banks: [bank('Банк', { logo_url: `${location.origin}/fake/no-logo.png` })] })}
      ></sbp-bank-picker>
    `);
    await new Promise((resolve) => setTimeout(resolve, 1));
    await other.updateComplete;
    const logo = all<HTMLImageElement>(other, 'img')[0]!;
    logo.loading = 'eager'; // a page in the background never gets to its lazy images
    for (let turn = 0; turn < 100 && !logo.hidden; turn++) await new Promise((r) => setTimeout(r, 30));
    expect(logo.hidden).to.be.true;
    expect(all(other, '.avatar')[0]!.textContent.trim()).to.equal('Б');
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
    const picker = await show([bank(name)]);
    expect(all(picker, '.name')[0]!.textContent).to.equal(name);
    expect(all(picker, 'img, script').length).to.equal(0);
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

describe('searchBanks', () => {
  it('folds what a person does not see', () => expect(fold('«ВБ» Банк (Ёж-2)')).to.equal('вб банк еж 2'));

  it('keeps the list itself when nothing is asked', () => {
    const banks = readBanks({ banks: TWELVE }, ORIGIN);
    expect(searchBanks(banks, '«»')).to.equal(banks);
  });
});
