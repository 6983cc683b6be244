import { expect } from '@open-wc/testing';
import { FakePayment, names, pause, record, seen } from '../../support/fake-companion.ts';
import { inside, live, show, text, until } from '../../support/checkout.ts';
import { snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

/** Records the console's error lines for the developer. */
function listenToConsole(): { readonly lines: string[]; readonly stop: () => void } {
  const lines: string[] = [];
  const original = console.error;
  console.error = (...said: unknown[]) => void lines.push(said.join(' '));
  return { lines, stop: () => (console.error = original) };
}

describe('a page that hears no companion', () => {
  it('says so with a way on, once to the shop and to the developer, and is paid all the same', async () => {
    const told = listenToConsole();
    const payment = await FakePayment.create(snapshot(), {
      session: [{ status: 404, headers: { 'content-type': 'text/html' }, body: '<h1>404</h1>' }],
    });
    const heard = record(document.body);
    const checkout = await show(payment, { lang: 'en' });
    await seen(checkout, 'error');
    await checkout.updateComplete;
    expect(text(checkout)).to.contain("The payment service isn't responding");
    expect(text(checkout)).not.to.contain('offline');
    const box = checkout.parentElement!;
    // A moved element starts again, but does not report the same error twice.
    box.append(checkout);
    await pause(500);
    const button = inside(checkout, '.result .button');
    expect(button.textContent.trim()).to.equal('Try again');
    await tap(button);
    await until(() => text(checkout).includes("Couldn't check just now"));
    const errors = heard.filter(({ type }) => type === 'sbp-error').map(({ detail }) => detail as unknown);
    expect(errors).to.deep.equal([{ code: 'no-companion' }]);
    expect(told.lines.length).to.equal(1);
    expect(told.lines[0]).to.contain('/fake/checkout/v1/session').and.to.contain('404 text/html');
    await payment.script(snapshot());
    await tap(button);
    await seen(checkout, 'pay');
    await live(checkout);
    expect(names(heard).filter((name) => name === 'sbp-ready').length).to.equal(1);
    told.stop();
  });
});
