import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { fill } from '../../locales/messages.ts';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import { money } from '../../ui/elements.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { FocusKeeper } from './focus-keeper.ts';
import { fromRussianLayout } from '../../browser/keyboard-layout.ts';
import { isBusy, errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { post } from '../../actions.ts';

/**
 * @summary Takes the payer's code: from a scanner that types it and presses Enter, or pasted.
 * @csspart scanner - The field.
 * @csspart button - The button to charge.
 * @csspart message - Why a code was refused, and what to do now.
 */
export class SbpScanner extends LitElement {
  static override styles = [
    controlStyles,
    errorTextStyles,
    css`
      :host {
        display: block;
      }
      .hint {
        margin-bottom: 16px;
        color: var(--_muted);
      }
      .input {
        text-overflow: ellipsis;
      }
      .button {
        width: 100%;
        margin-top: 12px;
      }
    `,
  ];

  static override properties = { view: { attribute: false } };

  declare view: Pick<View, 'state' | 'language' | 'actions'>;

  /** True if Enter was pressed on an empty field. */
  #empty = false;
  #wasBusy = false;

  constructor() {
    super();
    new FocusKeeper(this, () => this.#field);
  }

  get #field(): HTMLInputElement | null {
    return this.renderRoot.querySelector('input');
  }

  protected override updated(_changed: PropertyValues<this>): void {
    const busy = isBusy(this.view.state.lastAction, '/buyer-qr');
    // Select a refused code, so that the next scan replaces it.
    if (this.#wasBusy && !busy) this.#field?.select();
    this.#wasBusy = busy;
  }

  #submit(event: Event): void {
    event.preventDefault();
    const payload = fromRussianLayout(this.#field!.value.trim());
    this.#empty = payload === '';
    if (!this.#empty) void post(this.view, '/buyer-qr', { payload });
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { state, language } = this.view;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const busy = isBusy(state.lastAction, '/buyer-qr');
    const error = this.#empty
      ? texts.noCode
      : errorText(state.lastAction, '/buyer-qr', texts, { 409: texts.codeNotNow, 422: texts.codeRefused });
    return html`<form @submit=${this.#submit}>
      <p class="hint" id="hint" .textContent=${texts.scanHint}></p>
      <label class="hidden" for="code" .textContent=${texts.code}></label>
      <input
        id="code"
        class="input"
        part="scanner"
        dir="ltr"
        autocomplete="off"
        autocapitalize="off"
        spellcheck="false"
        enterkeyhint="go"
        placeholder=${texts.code}
        ?readonly=${busy}
        aria-invalid=${error === null ? nothing : 'true'}
        aria-describedby="hint error-text"
      />
      <p class="error-text" part="message" id="error-text" role="status" .textContent=${error}></p>
      <button
        class="button primary"
        part="button"
        aria-busy=${busy ? 'true' : nothing}
        .textContent=${busy ? texts.charging : fill(texts.charge, { amount: money(this.view) })}
      ></button>
    </form>`;
  }
}
