import { expect } from '@open-wc/testing';
import type { Presentation, Snapshot } from '../../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../../src/widget/sbp-checkout.ts';
import { show, until } from '../../support/checkout.ts';
import { FakePayment, json } from '../../support/fake-companion.ts';
import { LINK, snapshot } from '../../support/snapshots.ts';
import { tap } from '../../support/tap.ts';

const DEEP = 'sberpay://invoicing/v2?bankInvoiceId=0123456789abcdef0123456789abcdef';
/** The link of a simulator in the local network: neither https nor on the companion's host. */
const FOREIGN = 'http://192.0.2.7:9/pay/1';

function link(url: string, deep_link: string | null = null): Presentation {
  return { kind: 'link', url, deep_link };
}

function form(action: string): Presentation {
  return { kind: 'form', action, http_method: 'POST', fields: [], iframe: false };
}

const OFFERS: Readonly<Record<string, Presentation>> = {
  'a link': link(LINK),
  'a link and an app’s': link(LINK, DEEP),
  'a link that may not be tapped': link(FOREIGN),
  'two links that may not be tapped': link(FOREIGN, 'unlisted://app'),
  'an app’s link beside one that may not be tapped': link(FOREIGN, DEEP),
  'a bank’s own link': link('bank100000000111://pay'),
  'a link that no code holds': link(`https://pay.example/${'x'.repeat(2_400)}`),
  'a link that no code holds and no payer may tap': link(`http://192.0.2.7/${'x'.repeat(2_400)}`),
  'a link that nothing takes': link(`bank100000000111://${'x'.repeat(5_000)}`),
  'a link to nowhere': link('javascript:alert(1)'),
  'a form': form('https://bank.example/pay'),
  'a form to nowhere': form('javascript:alert(1)'),
  'a scan': { kind: 'scan' },
  nothing: { kind: 'pending' },
};

const METHODS = ['sbp', 'sberpay', 'buyer_qr', null] as const;

const BANKS = {
  'a list': json({
    platform: 'ios',
    banks: [{ id: '1', name: 'Банк', logo_url: null, aliases: [], url: 'bank100000000111://qr', links: [] }],
  }),
  'a list of what may not be tapped': json({
    platform: 'ios',
    banks: [{ id: '1', name: 'Банк', logo_url: null, aliases: [], url: FOREIGN, links: [] }],
  }),
  'no list': { status: 503 },
};

/** Yields every node in the element and in the shadow roots of its inner elements. */
function* drawn(root: ParentNode): Generator<Element> {
  for (const element of root.querySelectorAll('*')) {
    yield element;
    if (element.shadowRoot) yield* drawn(element.shadowRoot);
  }
}

const isSeen = (element: Element) =>
  element.checkVisibility({ visibilityProperty: true, opacityProperty: true }) &&
  element.getBoundingClientRect().height > 0;

/** Returns true if the element shows text, an image, or the grey placeholder of content that is still loading. */
function hasInk(element: Element): boolean {
  const words = (node: Node): boolean =>
    node.nodeType === Node.TEXT_NODE ? node.nodeValue!.trim() !== '' : [...node.childNodes].some(words);
  const within = [element, ...drawn(element), ...(element.shadowRoot ? drawn(element.shadowRoot) : [])];
  return within.some(
    (each) =>
      isSeen(each) &&
      (/^(?:svg|canvas|img|input)$/.test(each.localName) ||
        each.classList.contains('bone') ||
        [...each.childNodes].some((node) => node.nodeType === Node.TEXT_NODE && words(node))),
  );
}

/** Returns inner elements and columns that take space and show nothing. */
function holes(checkout: SbpCheckout): string[] {
  const places = [...drawn(checkout.shadowRoot!)].filter(
    (element) =>
      element.localName.includes('-') || element.matches('.ways > *, .actions, .banks, .guide, .code'),
  );
  return places
    .filter((place) => isSeen(place) && !hasInk(place))
    .map((place) => `${place.localName}.${place.className}`);
}

/** Returns the controls and texts between the sum and the foot. */
function ways(checkout: SbpCheckout): string[] {
  const body = [...drawn(checkout.shadowRoot!)].filter(
    (element) => !element.closest('.head, .foot, .give-up'),
  );
  const found = body.filter(
    (element) =>
      isSeen(element) && element.matches('a[href], button, input, canvas, svg[role=img], h2, p, li'),
  );
  return found.map((element) => element.localName);
}

async function whole(checkout: SbpCheckout): Promise<void> {
  await until(() => checkout.snapshot !== null);
  await until(() => {
    const parts = [...drawn(checkout.shadowRoot!)].filter((element) => element.localName.includes('-'));
    const picker = checkout.shadowRoot!.querySelector('sbp-bank-picker');
    return (
      parts.every((part) => part.matches(':defined')) && (!picker || (picker as { ready?: boolean }).ready)
    );
  });
  await checkout.updateComplete;
}

async function assertNeverEmpty(checkout: SbpCheckout, name: string): Promise<void> {
  await whole(checkout);
  expect(holes(checkout), `${name} on "${checkout.screen}"`).to.deep.equal([]);
  expect(ways(checkout), `${name} on "${checkout.screen}"`).not.to.be.empty;
}

/** Checks the first screen, and the screens behind its button for another way to pay. */
async function walk(state: Snapshot, device: string, banks: keyof typeof BANKS, name: string): Promise<void> {
  const payment = await FakePayment.create(state, { banks: [BANKS[banks]] });
  const checkout = await show(payment, { device });
  await assertNeverEmpty(checkout, name);
  for (const other of ['.foot .button', '.foot .button']) {
    const turn = checkout.shadowRoot!.querySelector<HTMLElement>(other);
    if (turn?.localName !== 'button') break;
    await tap(turn);
    await assertNeverEmpty(checkout, `${name}, turned`);
  }
  checkout.remove();
}

describe('nothing offered is an empty place', () => {
  for (const device of ['mobile', 'tablet', 'desktop']) {
    for (const [offer, presentation] of Object.entries(OFFERS)) {
      it(`on a ${device} that is offered ${offer}`, async () => {
        for (const method of METHODS) {
          const state = snapshot({
            method,
            methods: method ? [method] : ['sbp', 'sberpay'],
            presentation,
            actions: method === 'sberpay' ? ['push', 'cancel'] : method === 'buyer_qr' ? ['buyer_qr'] : [],
          });
          const lists = presentation.kind === 'link' && method === 'sbp' ? Object.keys(BANKS) : ['a list'];
          for (const banks of lists as (keyof typeof BANKS)[]) {
            await walk(state, device, banks, `${String(method)}, ${banks}`);
          }
        }
      });
    }

    it(`on a ${device}, on the other screens`, async () => {
      for (const method of METHODS) {
        for (const [name, changes] of Object.entries({
          choose: { actions: ['method'], methods: ['sbp', 'sberpay', 'buyer_qr'], method: null },
          checking: { leftMs: -1_000 },
          waiting: { status: 'processing' },
          paid: { status: 'paid' },
          failed: { status: 'failed' },
          expired: { status: 'expired' },
          canceled: { status: 'canceled' },
          refunded: { status: 'refunded' },
        } as const)) {
          for (const presentation of [
            link(LINK),
            link(FOREIGN, 'unlisted://app'),
            form('https://bank.example/'),
          ]) {
            const state = snapshot({ method, presentation, ...(changes as object) });
            await walk(state, device, 'a list', `${name}, ${String(method)}`);
          }
        }
      }
    });
  }

  it('and a SberPay link that may not be tapped is a code for another device, with words for it', async () => {
    const state = snapshot({ method: 'sberpay', presentation: link(FOREIGN, null) });
    const checkout = await show(await FakePayment.create(state), { device: 'mobile' });
    await whole(checkout);
    const names = ways(checkout);
    expect(names.some((name) => name === 'svg' || name === 'canvas')).to.be.true;
    expect(checkout.shadowRoot!.querySelector<HTMLElement>('.guide')!.innerText).to.contain(
      'оплатите с другого',
    );
    expect(checkout.shadowRoot!.querySelector('.foot button'), 'no way to an empty list').to.equal(null);
  });
});
