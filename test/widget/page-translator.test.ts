/** On a page that the browser translates, the element's texts still change. */
import { expect } from '@open-wc/testing';
import { play, shiftClock } from '../../demo/gallery/payer.ts';
import { SCENARIOS, type Scenario } from '../../demo/gallery/scenarios.ts';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { all, bank, namesOf, search, showPicker } from '../support/bank-picker.ts';
import { inside, live, show, shown, until } from '../support/checkout.ts';
import { FakePayment, json, pause, problem, seen } from '../support/fake-companion.ts';
import { translatePage, wordsOf } from '../support/page-translator.ts';
import { LINK, snapshot } from '../support/snapshots.ts';
import { paste, tap } from '../support/tap.ts';

const url = LINK.replace('https', 'bank100000000004');
const BANKS = json({
  platform: 'ios',
  banks: Array.from({ length: 12 }, (_, id) => ({ id, name: `Ромашкабанк ${id}`, url })),
});

async function open(scenario: Scenario, locale: string): Promise<SbpCheckout> {
  const payment = await FakePayment.create(
    snapshot({ leftMs: scenario.left ?? 600_000, ...scenario.snapshot }),
    {
      ...(scenario.refusal ? { session: [problem(scenario.refusal)] } : {}),
      banks: [scenario.noBanks ? { status: 503 } : BANKS],
      acts: Object.fromEntries(
        Object.entries(scenario.answers ?? {}).map(([path, reply]) => [path, [reply]]),
      ),
    },
  );
  const checkout = await show(payment, { device: scenario.device, locale });
  checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
  await play(checkout, scenario.doings ?? [], { tap, type: paste });
  await seen(checkout, scenario.screen);
  return checkout;
}

/** Returns the texts once they have stopped changing: parts load at any time, and some texts follow the clock. */
async function words(checkout: SbpCheckout, { doings = [] }: Scenario): Promise<string> {
  const enough = doings.some((doing) => 'wait' in doing) ? 80 : 10;
  let before = '';
  for (let same = 0; same < enough;) {
    await pause(30);
    const now = wordsOf(checkout.shadowRoot!);
    same = now === before ? same + 1 : 0;
    before = now;
  }
  return before;
}

describe('on a translated page every text can still change', () => {
  for (const scenario of SCENARIOS) {
    if (!scenario.snapshot) continue;
    it(scenario.name, async () => {
      const english = await open(scenario, 'en');
      const wanted = await words(english, scenario);
      english.remove();
      shiftClock(0);
      const checkout = await open(scenario, 'ru');
      await words(checkout, scenario);
      translatePage(checkout.shadowRoot!);
      checkout.locale = 'en';
      expect(await words(checkout, scenario)).to.equal(wanted);
      shiftClock(0);
      checkout.remove();
    });
  }
});

describe('on a translated page', () => {
  it('the time goes on', async () => {
    const checkout = await show(await FakePayment.create(snapshot()));
    await seen(checkout, 'pay');
    await shown(checkout, '.digits');
    translatePage(checkout.shadowRoot!);
    const before = inside(checkout, '.digits').innerText;
    expect(before).to.match(/^\d+:\d\d$/);
    await until(() => inside(checkout, '.digits').innerText !== before);
  });

  const WAY: readonly Partial<Snapshot>[] = [{ amount: 99_00 }, { status: 'processing' }];

  for (const [device, status] of [
    ['desktop', 'paid'],
    ['mobile', 'paid'],
    ['desktop', 'failed'],
    ['mobile', 'expired'],
    ['desktop', 'canceled'],
  ] as const) {
    it(`a payment is followed to its end: ${device}, ${status}`, async () => {
      const payment = await FakePayment.create(snapshot(), { banks: [BANKS] });
      const checkout = await show(payment, { device });
      await live(checkout);
      for (const [index, changes] of [...WAY, { status }].entries()) {
        const next = snapshot({ version: index + 2, ...changes });
        const fresh = await show(await FakePayment.create(next, { banks: [BANKS] }), { device });
        await until(() => fresh.status);
        const wanted = visible(fresh);
        fresh.remove();
        translatePage(checkout.shadowRoot!);
        await payment.script(next, { banks: [BANKS] });
        await checkout.refresh();
        await until(() => checkout.snapshot?.version === next.version);
        await checkout.updateComplete;
        expect(visible(checkout), JSON.stringify(changes)).to.deep.equal(wanted);
      }
    });
  }

  it('a search shows each bank under its own name', async () => {
    const picker = await showPicker(['Альфа', 'Бетабанк', 'Гамма'].map((name) => bank(name)));
    for (const query of ['бета', 'гамма', '', 'альфа', '']) {
      translatePage(picker.shadowRoot!);
      const names = await search(picker, query);
      expect(names, query).to.deep.equal(
        { бета: ['Бетабанк'], гамма: ['Гамма'], альфа: ['Альфа'] }[query] ?? ['Альфа', 'Бетабанк', 'Гамма'],
      );
      expect(all(picker, '.avatar').map(({ textContent }) => textContent.trim())).to.deep.equal(
        names.map(([letter]) => letter),
      );
    }
    expect(namesOf(picker).length).to.equal(3);
  });

  it('names, numbers and sums are not to be translated', async () => {
    const checkout = await show(await FakePayment.create(snapshot(), { banks: [BANKS] }), {
      device: 'tablet',
    });
    await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
    for (const path of [['.shop'], ['.order'], ['.amount'], ['.digits'], ['sbp-bank-picker', '.name']]) {
      const element = inside(checkout, ...path);
      expect(element.translate, path.join(' ')).to.be.false;
      expect(element.classList.contains('notranslate'), path.join(' ')).to.be.true;
    }
  });
});

/** Returns the card's texts, without the announcement for screen readers. */
function visible(checkout: SbpCheckout): string[] {
  return ['.shop', '.order', '.amount', 'h2', '.detail', '.status'].map((selector) => {
    const element = checkout.shadowRoot!.querySelector(selector);
    return element ? wordsOf(element) : '';
  });
}
