import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { copyText, type Copied } from '../../clipboard.ts';
import { resolveEndpoint } from '../../endpoint.ts';
import type { InApp } from '../../in-app.ts';
import { RESCUE_TEXTS } from '../../locales/rescue.ts';
import { button } from '../../screens/pieces.ts';
import type { View } from '../../screens/view.ts';
import type { Destination } from '../../state.ts';
import { controlStyles } from '../../theme/controls.ts';
import { exitOf, hostedPage, type Exit } from './outside.ts';

const APART = 'sbp-checkout-way-out';

/**
 * @summary The ways out of an app's own browser, to one that opens bank apps: by one tap where the app can do that, by
 * its menu, by the address of the companion's page for this payment.
 * @csspart button - Each of them.
 * @csspart message - What this is about.
 */
export class SbpWayOut extends LitElement {
  static override styles = [
    controlStyles,
    css`
      :host {
        font-size: 16px;
        line-height: 24px;
      }
      p:focus {
        outline: none;
      }
      .menu {
        margin-top: 8px;
      }
      .quiet,
      .by-hand {
        color: var(--_muted);
        font-size: 14px;
        line-height: 20px;
      }
      .ways {
        display: flex;
        flex-wrap: wrap;
        gap: 0 8px;
        margin: 4px -12px -8px;
      }
      .by-hand {
        display: block;
        margin-top: 12px;
      }
      .by-hand .input {
        margin-top: 4px;
        background: var(--_surface);
      }
      .primary {
        display: flex;
        width: 100%;
        margin-top: 12px;
      }
    `,
  ];

  static override properties = {
    view: { attribute: false },
    inApp: { attribute: false },
  };

  declare view: View;
  declare inApp: InApp;

  #copied: Copied = 'no';
  /** What should have opened the page has thrown. */
  #stuck = false;
  #held: Destination | null = null;
  #page: string | null = null;
  #exit: Exit | null = null;

  protected override willUpdate(): void {
    const { endpoint, token } = this.view;
    const page = hostedPage(resolveEndpoint(endpoint), token);
    if (page !== this.#page) this.#copied = 'no';
    this.#page = page;
    this.#exit = page === null || this.#stuck ? null : exitOf(this.inApp, page);
  }

  protected override updated(): void {
    const { held } = this.view.state;
    if (held && held !== this.#held) this.renderRoot.querySelector<HTMLElement>('.notice')!.focus();
    this.#held = held;
  }

  async #open(open: () => unknown): Promise<void> {
    try {
      await open();
    } catch {
      this.#stuck = true; // the menu and the address remain
      this.requestUpdate();
    }
  }

  async #copy(page: string): Promise<void> {
    this.#copied = await copyText(page);
    this.requestUpdate();
    await this.updateComplete;
    this.renderRoot.querySelector('input')?.focus();
  }

  protected override render(): TemplateResult {
    const { state, locale } = this.view;
    const words = RESCUE_TEXTS[locale];
    const { held } = state;
    return html`<p class="notice" part="message" tabindex="-1">
        ${held ? words.held(held.name) : words.notice(this.inApp.platform)}
      </p>
      ${this.#renderExit()}
      ${
        this.#exit?.kind === 'call'
          ? nothing
          : html`<p class="menu ${this.#exit ? 'quiet' : ''}">${words.menu(this.inApp)}</p>`
      }
      ${this.#page === null ? nothing : this.#renderAddress(this.#page)}`;
  }

  #renderExit(): TemplateResult | typeof nothing {
    const words = RESCUE_TEXTS[this.view.locale];
    const exit = this.#exit;
    if (!exit) return nothing;
    if (exit.kind === 'call') return button(words.open, () => void this.#open(exit.open), 'primary');
    return html`<a
        class="button primary"
        part="button"
        href=${exit.url}
        target=${exit.apart ? APART : nothing}
        rel="noreferrer"
        >${words.open}</a
      >
      ${exit.apart ? html`<iframe name=${APART} title=${words.open} hidden></iframe>` : nothing}`;
  }

  /** Of the companion's page: in every browser it shows this payment. */
  #renderAddress(page: string): TemplateResult {
    const { locale, texts } = this.view;
    const words = RESCUE_TEXTS[locale];
    if (this.#copied === 'by-hand') {
      return html`<label class="by-hand">
        ${texts.copyByHand}
        <input class="input" readonly .value=${page} @focus=${selectAll} />
      </label>`;
    }
    const copy = this.#copied === 'yes' ? texts.copied : texts.copyLink;
    return html`<div class="ways">
        ${button(copy, () => void this.#copy(page))}
        ${'share' in navigator ? button(words.share, () => void share(page)) : nothing}
      </div>
      <p class="quiet" role="status">${this.#copied === 'yes' ? words.paste : nothing}</p>`;
  }
}

async function share(page: string): Promise<void> {
  try {
    await navigator.share({ url: page });
  } catch {
    // The payer has thought better of it, or this browser has nothing to share with: the address can be copied.
  }
}

function selectAll(event: Event): void {
  (event.target as HTMLInputElement).select();
}
