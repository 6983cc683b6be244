/** A payer can reach every control and field of every screen: no state hides one of them permanently. */
import { expect } from '@open-wc/testing';
import { obstacle } from '../../demo/gallery/obstacle.ts';
import { play, shiftClock } from '../../demo/gallery/payer.ts';
import { SCENARIOS } from '../../demo/gallery/scenarios.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { inside, show, shown, until } from '../support/checkout.ts';
import { FakePayment, json, pause, problem, seen } from '../support/fake-companion.ts';
import { LINK, snapshot } from '../support/snapshots.ts';
import { paste, tap } from '../support/tap.ts';

const url = LINK.replace('https', 'bank100000000004');
const BANKS = json({
  platform: 'ios',
  banks: Array.from({ length: 40 }, (_, id) => ({ id, name: `Банк ${id}`, url })),
});

/** Returns every control of the checkout and its inner elements, without hidden fields. */
function controls(root: ParentNode): Element[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...(element.matches('a[href], button, input:not([type=hidden])') ? [element] : []),
    ...(element.shadowRoot ? controls(element.shadowRoot) : []),
  ]);
}

/** Lists the controls that a payer cannot reach, with the reason. Some controls are only drawn when scrolled into view. */
async function outOfReach(checkout: SbpCheckout): Promise<string[]> {
  const found: string[] = [];
  for (const control of controls(checkout.shadowRoot!)) {
    let why = obstacle(control);
    // Ignore a control that was replaced meanwhile.
    for (let look = 0; why !== null && control.isConnected && look < 300; look++) {
      await pause(50);
      why = obstacle(control);
    }
    if (why !== null && control.isConnected)
      found.push(`${control.textContent.trim() || control.localName}: ${why}`);
  }
  return found;
}

describe('every control can be tapped', () => {
  for (const scenario of SCENARIOS) {
    if (!scenario.snapshot) continue;
    it(scenario.name, async () => {
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
      const checkout = await show(payment, { device: scenario.device });
      checkout.addEventListener('sbp-bank-open', (event) => event.preventDefault());
      await play(checkout, scenario.doings ?? [], { tap, type: paste });
      await seen(checkout, scenario.screen);
      expect(await outOfReach(checkout)).to.deep.equal([]);
      shiftClock(0);
      checkout.remove();
    });
  }
});

describe('calling a payment off', () => {
  const OPEN = snapshot({ actions: ['cancel'] });
  const CANCELED = json(snapshot({ version: 2, status: 'canceled' }));

  for (const device of ['mobile', 'tablet', 'desktop']) {
    it(`is a tap away under a bank list: ${device}`, async () => {
      const payment = await FakePayment.create(OPEN, { banks: [BANKS], acts: { '/cancel': [CANCELED] } });
      const checkout = await show(payment, { device });
      if (device === 'desktop') await tap(await shown(checkout, '.onward'));
      await shown(checkout, 'sbp-bank-picker', 'a[part=bank]');
      await tap(await shown(checkout, '.give-up > button'));
      await tap(await shown(checkout, '.give-up sbp-other-ways', 'sbp-give-up', '.quiet'));
      await seen(checkout, 'canceled');
    });
  }

  it('waits for the list that would push it away, and no longer than a payer would', async () => {
    const payment = await FakePayment.create(OPEN, {
      banks: [{ hang: true }],
      acts: { '/cancel': [CANCELED] },
    });
    const checkout = await show(payment, { device: 'mobile' });
    const button = await shown(checkout, '.give-up > button');
    expect(button.checkVisibility({ visibilityProperty: true })).to.be.false;
    expect(inside(checkout, '.give-up').clientHeight, 'its room is kept').to.be.at.least(44);
    await until(() => obstacle(button) === null);
    expect(inside(checkout, 'sbp-bank-picker').shadowRoot!.querySelector('a[part=bank]')).to.equal(null);
  });
});
