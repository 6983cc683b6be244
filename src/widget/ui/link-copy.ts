import { html, type LitElement, type TemplateResult } from 'lit';
import type { LinkCopyTexts } from '../locales/link-copy.ts';
import { button } from './elements.ts';
import { copyText } from '../browser/link-sharing.ts';

/** The button that copies a link, and the field to copy it from by hand where a page has no clipboard. */
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
    // What was tapped is gone: on to what there is to do now.
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
