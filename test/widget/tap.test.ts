/** Tests `tap`, which all component tests use: it must refuse taps that a payer cannot make. */
import { expect, fixture, html } from '@open-wc/testing';
import { obstacle } from '../../demo/gallery/obstacle.ts';
import { paste, tap, tapStaying, typeInto } from '../support/tap.ts';

class HouseOfATap extends HTMLElement {
  constructor() {
    super();
    const root = this.attachShadow({ mode: 'open' });
    const button = document.createElement('button');
    button.textContent = 'inside';
    button.style.cssText = 'width:80px;height:44px';
    root.append(button);
  }

  get button(): HTMLButtonElement {
    return this.shadowRoot!.querySelector('button')!;
  }
}
customElements.define('house-of-a-tap', HouseOfATap);

async function house(style: string): Promise<{ box: HTMLElement; button: HTMLButtonElement }> {
  const box = await fixture<HTMLElement>(html`<div><house-of-a-tap></house-of-a-tap></div>`);
  box.style.cssText = style;
  return { box, button: box.querySelector<HouseOfATap>('house-of-a-tap')!.button };
}

describe('a tap in a test', () => {
  it('is the browser’s own click, through a shadow root, also far down the page', async () => {
    const { button } = await house('padding-top:3000px');
    const clicks: boolean[] = [];
    button.addEventListener('click', ({ isTrusted }) => clicks.push(isTrusted));
    await tap(button);
    expect(clicks).to.deep.equal([true]);
  });

  for (const [what, style] of [
    ['hidden by visibility', 'visibility:hidden'],
    ['not drawn', 'display:none'],
    ['transparent', 'opacity:0'],
    ['without a box of its own to be drawn in', 'content-visibility:hidden'],
    ['deaf to the pointer', 'pointer-events:none'],
    ['cut off', 'height:0;overflow:hidden'],
    ['too small for a finger', 'zoom:0.2'],
  ] as const) {
    it(`is refused on what is ${what}`, async () => {
      const { button } = await house(style);
      expect(obstacle(button)).not.to.equal(null);
      button.parentNode!.textContent = '';
    });
  }

  it('is refused on what is disabled, inert, covered or gone', async () => {
    const { box, button } = await house('position:relative');
    expect(obstacle(button)).to.equal(null);
    button.disabled = true;
    expect(obstacle(button)).to.equal('it is disabled');
    button.disabled = false;
    box.inert = true;
    expect(obstacle(button)).to.contain('lies over it');
    box.inert = false;
    const cover = document.createElement('div');
    cover.className = 'cover';
    cover.style.cssText = 'position:fixed;inset:0;z-index:9';
    document.body.append(cover);
    expect(obstacle(button)).to.equal('<div.cover> lies over it');
    cover.remove();
    expect(obstacle(button)).to.equal(null);
    box.remove();
    expect(obstacle(button)).to.equal('it is not on the page');
  });

  it('waits for what is not there yet', async () => {
    const { box, button } = await house('visibility:hidden');
    let clicks = 0;
    button.addEventListener('click', () => clicks++);
    setTimeout(() => (box.style.visibility = ''), 200);
    await tap(button);
    expect(clicks).to.equal(1);
  });

  it('tells whether a link would have been followed, and stays', async () => {
    const link = await fixture<HTMLElement>(html`<a href="/nowhere">away</a>`);
    expect(await tapStaying(link)).to.be.true;
    link.addEventListener('click', (event) => event.preventDefault());
    expect(await tapStaying(link)).to.be.false;
    expect(location.pathname).not.to.equal('/nowhere');
  });

  it('has a keyboard beside it', async () => {
    const field = await fixture<HTMLInputElement>(html`<input maxlength="8" value="was" />`);
    const heard: string[] = [];
    for (const type of ['keydown', 'input']) field.addEventListener(type, () => heard.push(type));
    await typeInto(field, 'aab');
    expect(field.value).to.equal('aab');
    expect(heard.filter((type) => type === 'keydown').length).to.be.at.least(3);
    await paste(field, 'pasted text');
    expect(field.value, 'as much as the field takes').to.equal('pasted t');
    await paste(field, '');
    expect(field.value).to.equal('');
  });
});
