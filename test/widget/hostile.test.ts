import { expect, fixtureCleanup } from '@open-wc/testing';
import type { Snapshot } from '../../src/protocol/snapshot.ts';
import type { SbpCheckout } from '../../src/widget/sbp-checkout.ts';
import { show, text, until } from '../support/checkout.ts';
import { FakePayment, json, pause, seen } from '../support/fake-companion.ts';
import { LINK, snapshot } from '../support/snapshots.ts';

const RUN = "window.top.hacked='yes'";
/** Addresses that some browser, old or new, runs as a script or opens at another place than they seem to name. */
const ADDRESSES = [
  `javascript:${RUN}`,
  `JaVaScRiPt:${RUN}`,
  ` javascript:${RUN}`,
  `\u0001javascript:${RUN}`,
  `java\tscript:${RUN}`,
  `java\nscript:${RUN}`,
  `javascript&colon;${RUN}`,
  `&#106;avascript:${RUN}`,
  `javascript\u00a0:${RUN}`,
  `javascript://%0a${RUN}`,
  `data:text/html,<script>${RUN}</script>`,
  'data:image/svg+xml,<svg/>',
  'vbscript:msgbox(1)',
  'blob:https://shop.example/1',
  'file:///etc/passwd',
  'about:blank',
  '//evil.example/x',
  '/relative',
  'http://evil.example/',
  'https://user:pass@evil.example/',
  'tel:+79990001122',
  'sms:+79990001122',
  'mailto:thief@evil.example',
  'intent://evil#Intent;scheme=https;package=evil;end',
  'market://details?id=evil',
  'bank1:evil',
  'bank100000000004evil://x',
  'x-safari-https://evil.example',
];
const MARKUP = `"><img src=x onerror=${RUN}><script>${RUN}</script><svg onload=${RUN}>'\u202e`;

const SAFE = /^(?:https:|bank\d{12}:|sberpay:|mailto:\?)/;

/** Returns every address in the element and in all its shadow roots. */
function addresses(root: ParentNode): string[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...['href', 'src', 'action', 'formaction', 'srcdoc', 'xlink:href'].flatMap((name) => {
      const value = element.getAttribute(name);
      return value === null ? [] : [value];
    }),
    ...(element.shadowRoot ? addresses(element.shadowRoot) : []),
  ]);
}

/** The only inline style of ours: the code's canvas sets its width by CSSOM, in fractions of a CSS pixel. */
const isOwnStyle = (element: Element) =>
  element.localName === 'canvas' && /^width: [\d.]+px;$/.test(element.getAttribute('style')!);

function handlers(root: ParentNode): string[] {
  return [...root.querySelectorAll('*')].flatMap((element) => [
    ...element
      .getAttributeNames()
      .filter((name) => name.startsWith('on') || (name === 'style' && !isOwnStyle(element))),
    ...(element.matches('script, iframe, object, embed') ? [element.tagName] : []),
    ...(element.shadowRoot ? handlers(element.shadowRoot) : []),
  ]);
}

async function open(
  changes: Partial<Record<keyof Snapshot, unknown>>,
  attributes: Record<string, string>,
  bank: string,
): Promise<SbpCheckout> {
  const banks = [
    { id: 'good', name: 'Банк', logo_url: null, aliases: [], url: LINK, links: [] },
    {
      id: bank,
      name: MARKUP,
      logo_url: bank,
      aliases: [MARKUP, 7, null],
      url: bank,
      links: [{ kind: 'web', url: bank }, bank, null],
    },
  ];
  const payment = await FakePayment.create({ ...snapshot(), ...changes } as Snapshot, {
    banks: [json({ platform: 'ios', banks })],
  });
  return show(payment, attributes);
}

const isForm = ({ presentation }: Partial<Record<keyof Snapshot, unknown>>): boolean =>
  (presentation as { kind?: string } | undefined)?.kind === 'form';

function expectClean(checkout: SbpCheckout, what: string): void {
  const unsafe = addresses(checkout.shadowRoot!).filter((address) => !SAFE.test(address));
  expect(unsafe, what).to.deep.equal([]);
  expect(handlers(checkout.shadowRoot!), what).to.deep.equal([]);
  expect(Reflect.get(window, 'hacked'), what).to.be.undefined;
}

describe('a hostile companion', () => {
  it('gets no address of its own under a payer’s finger', async () => {
    for (const address of ADDRESSES) {
      const screens: [Partial<Record<keyof Snapshot, unknown>>, Record<string, string>][] = [
        [{ presentation: { kind: 'link', url: address, deep_link: address } }, { device: 'tablet' }],
        [
          { method: 'sberpay', presentation: { kind: 'link', url: address, deep_link: address } },
          { device: 'mobile' },
        ],
        [
          {
            presentation: { kind: 'form', action: address, http_method: 'POST', fields: [], iframe: true },
          },
          {},
        ],
        [{ status: 'paid', return_url: address, receipt_url: address }, { redirect: '1' }],
      ];
      for (const [changes, attributes] of screens) {
        const checkout = await open(changes, attributes, address);
        await until(() => checkout.snapshot);
        await pause(60);
        const found = addresses(checkout.shadowRoot!).filter((link) => !SAFE.test(link));
        // If the companion is on plain http, as in development, forms and return links may use plain http too.
        const plain = address.startsWith('http:') && ('return_url' in changes || isForm(changes));
        expect(
          found.filter((link) => !plain || link !== address),
          address,
        ).to.deep.equal([]);
        fixtureCleanup();
      }
    }
    expect(Reflect.get(window, 'hacked')).to.be.undefined;
  });

  it('is shown as text, whatever it says', async () => {
    for (const attributes of [{ device: 'desktop' }, { device: 'tablet' }]) {
      const checkout = await open(
        { order_id: MARKUP, merchant: { name: MARKUP, logo_url: 'javascript:1' }, description: MARKUP },
        attributes,
        LINK,
      );
      await seen(checkout, 'pay');
      await pause(100);
      expect(text(checkout)).to.contain('<img src=x onerror=');
      expectClean(checkout, MARKUP);
    }
  });

  it('does not flood the page', async () => {
    const long = 'Очень длинное название '.repeat(500);
    const checkout = await open(
      { order_id: long, merchant: { name: 'a'.repeat(10_000), logo_url: null }, description: long },
      { device: 'desktop' },
      LINK,
    );
    await seen(checkout, 'pay');
    expect(checkout.offsetHeight).to.be.below(1_000);
    expect(checkout.scrollWidth).to.equal(checkout.clientWidth);
  });

  it('may leave out what it likes, and say more than we know', async () => {
    const { version, payment_id, amount, expires_at, now, presentation } = snapshot();
    const bare = { version, payment_id, amount, expires_at, now, presentation, status: 'created' };
    const future = {
      ...bare,
      actions: ['teleport', 'method'],
      methods: ['barter', 'sbp'],
      method: 'barter',
      loyalty: { points: 7 },
      presentation: { ...presentation, hologram: true },
    };
    for (const odd of [
      bare,
      future,
      { ...bare, presentation: { kind: 'hologram' } },
      { ...bare, device: 7 },
    ]) {
      const payment = await FakePayment.create(odd as unknown as Snapshot);
      const checkout = await show(payment);
      await until(() => checkout.snapshot);
      await pause(30);
      expect(['pay', 'loading']).to.include(checkout.screen);
      expect(text(checkout)).to.contain('1 250 ₽');
      fixtureCleanup();
    }
  });
});
