import { expect } from '@open-wc/testing';
import { buildMarkup } from '../../build/markup-builder.ts';
import { show, until } from '../support/checkout.ts';
import { FakePayment, json, pause } from '../support/fake-companion.ts';
import { LINK, snapshot } from '../support/snapshots.ts';

/** Records all markup that Lit passes to the browser's parser. */
function watchParser(): { readonly markups: Set<string>; stop(): void } {
  const markups = new Set<string>();
  Object.defineProperty(HTMLTemplateElement.prototype, 'innerHTML', {
    configurable: true,
    set(this: Element, markup: unknown) {
      markups.add(String(markup)); // An object if Lit has a Trusted Types policy.
      Reflect.set(Element.prototype, 'innerHTML', markup, this);
    },
  });
  return { markups, stop: () => void Reflect.deleteProperty(HTMLTemplateElement.prototype, 'innerHTML') };
}

/** Returns the markup as the build's Lit writes it, with its own names for bound attributes (build/lit-without-policy.ts). */
function asBuilt(markup: string): string {
  let bound = 0;
  return markup
    .replace(/[.?@]?[\w-]+\$lit\$(?==)/g, () => `_lit_${++bound}`)
    .replace(/lit\$(\d+)\$/g, 'lit_$1');
}

/** Parses markup, with placeholders as comments. Newer parsers read `<?name>` as a processing instruction. */
function parsed(markup: string): DocumentFragment {
  const template = document.createElement('template');
  Reflect.set(template, 'innerHTML', markup.replace(/<(\?[^>]*)>/g, '<!--$1-->'));
  return template.content;
}

function built(markup: string): DocumentFragment {
  const template = document.createElement('template');
  buildMarkup(template.content, markup);
  return template.content;
}

describe('the builder of templates', () => {
  it('makes of all our markup what the browser’s parser makes of it', async () => {
    const parser = watchParser();
    const several = {
      methods: ['sbp', 'sberpay', 'buyer_qr'],
      actions: ['method', 'push', 'cancel', 'check'],
    };
    const screens = [
      [snapshot(), { device: 'desktop' }],
      [snapshot(), { device: 'tablet' }],
      [{ ...snapshot(), ...several, method: null }, { device: 'mobile' }],
      [{ ...snapshot(), ...several, method: 'sberpay' }, { device: 'mobile' }],
      [{ ...snapshot(), ...several, method: 'buyer_qr', presentation: { kind: 'scan' } }, {}],
      [{ ...snapshot(), status: 'processing', test: true }, {}],
      [{ ...snapshot(), status: 'paid', return_url: LINK }, { redirect: '600' }],
      [{ ...snapshot(), status: 'expired', actions: ['renew'] }, {}],
      [{ ...snapshot(), status: 'failed' }, {}],
      [{ ...snapshot(), status: 'refunded' }, {}],
    ] as const;
    const banks = Array.from({ length: 30 }, (_, index) => ({
      ...{ id: `bank${100000000000 + index}`, name: `Банк ${index}`, aliases: [], url: LINK, links: [] },
      logo_url: index % 2 ? null : `${location.origin}/logo`,
    }));
    for (const [first, attributes] of screens) {
      const payment = await FakePayment.create(first as ReturnType<typeof snapshot>, {
        banks: [json({ platform: 'ios', banks })],
      });
      const checkout = await show(payment, attributes);
      await until(() => checkout.snapshot);
      await pause(150); // Let the parts on demand load.
      checkout.remove();
    }
    parser.stop();
    expect(parser.markups.size).to.be.above(30);
    for (const markup of [...parser.markups].map(asBuilt)) {
      expect(markup).not.to.contain('$');
      expect(built(markup).isEqualNode(parsed(markup)), markup).to.be.true;
    }
  });

  it('knows drawings, void elements and the characters of values', () => {
    for (const markup of [
      'a > b <br/>c<input type="text" disabled value=""/><b></b> ',
      '<svg viewBox="0 0 24 24"><g><path d="M7 12.5l3.5 3.5 7-8" fill="none"/></g></svg><span class="a  b\n c"></span>',
      '<a title="x > y = \'z\'" href="/a/b"> <sbp-x-y data-a="1"></sbp-x-y></a><?lit_1>tail',
      '<img src=lit_1 alt="" _lit_2=lit_1 />',
    ]) {
      expect(built(markup).isEqualNode(parsed(markup)), markup).to.be.true;
    }
  });

  it('creates no element of the page’s and loads no picture: the template is only a pattern', async () => {
    let born = 0;
    customElements.define(
      'markup-builder-witness',
      class extends HTMLElement {
        constructor() {
          super();
          born++;
        }
      },
    );
    const asked = `${location.origin}/no-such-picture-${Date.now()}.png`;
    const content = built(`<markup-builder-witness></markup-builder-witness><img src="${asked}" />`);
    await pause(100);
    expect(born).to.equal(0);
    expect(performance.getEntriesByName(asked)).to.have.length(0);
    document.importNode(content, true);
    expect(born).to.equal(1);
  });
});
