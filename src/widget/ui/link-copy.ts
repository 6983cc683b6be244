import { html, type LitElement, type TemplateResult } from 'lit';
import type { LinkCopyTexts } from '../locales/link-copy.ts';
import { button } from './elements.ts';
import { copyText } from '../browser/link-sharing.ts';

/** Draws the button that copies a link, or a field to copy the link by hand when the page has no clipboard. */
export class LinkCopy {
  outcome: 'none' | 'copied' | 'by-hand' = 'none';
  readonly #host: LitElement;

  constructor(host: LitElement) {
    this.#host = host;
  }

  async #copy(link: string): Promise<void> {
    this.outcome = (await copyText(link)) ? 'copied' : 'by-hand';
    this.#host.requestUpdate();
    await this.#host.updateComplete;
    // The tapped button is gone. Move the focus to the field that replaced it.
    this.#host.renderRoot.querySelector<HTMLElement>('.by-hand input')?.focus();
  }

  render(link: string, texts: LinkCopyTexts): TemplateResult {
    if (this.outcome === 'by-hand') {
      return html`<label class="by-hand">
        <span .textContent=${texts.copyByHand}></span>
        <input class="input" readonly .value=${link} @focus=${selectAll} />
      </label>`;
    }
    const copied = this.outcome === 'copied';
    return button(copied ? texts.copied : texts.copyLink, () => void this.#copy(link), 'copy');
  }
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}
