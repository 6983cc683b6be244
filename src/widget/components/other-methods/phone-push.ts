import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { normalizePhone } from '../../../protocol/phone.ts';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { isBusy, errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { post } from '../../actions.ts';

/**
 * @summary Sends a message to the payer's phone that opens this payment in the bank's app.
 * @csspart phone - The field.
 * @csspart button - The button to send.
 * @csspart message - The result.
 */
export class SbpPhonePush extends LitElement {
  static override styles = [
    controlStyles,
    errorTextStyles,
    css`
      :host {
        display: block;
        max-width: 360px;
        margin-top: 16px;
        padding-top: 16px;
        border-top: 1px solid var(--_line);
      }
      .lead {
        margin-bottom: 8px;
        color: var(--_muted);
        font-size: 14px;
        line-height: 20px;
      }
      .line {
        display: flex;
        flex-wrap: wrap;
        gap: 4px;
      }
      .input {
        flex: 1 1 160px;
        width: auto;
        min-width: 0;
      }
      .button {
        margin-inline-start: auto;
      }
    `,
  ];

  static override properties = { view: { attribute: false } };

  declare view: Pick<View, 'state' | 'language' | 'actions'>;

  /** True if the field holds no valid phone number. */
  #wrong = false;

  #submit(event: Event): void {
    event.preventDefault();
    const phone = normalizePhone(this.renderRoot.querySelector('input')!.value);
    this.#wrong = phone === null;
    if (phone !== null) void post(this.view, '/push', { phone });
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    const { state, language } = this.view;
    const { lastAction } = state;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const sent = !this.#wrong && lastAction?.path === '/push' && lastAction.outcome === 'done';
    const error = this.#wrong
      ? texts.notPhone
      : errorText(lastAction, '/push', texts, { 409: texts.notSent, 422: texts.notPhone });
    return html`<form novalidate @submit=${this.#submit}>
      <p class="lead" id="lead" .textContent=${texts.pushLead}></p>
      <label class="hidden" for="phone" .textContent=${texts.phone}></label>
      <div class="line">
        <input
          id="phone"
          class="input"
          part="phone"
          type="tel"
          autocomplete="tel-national"
          enterkeyhint="send"
          placeholder=${texts.phone}
          aria-invalid=${error === null ? nothing : 'true'}
          aria-describedby="lead outcome"
        />
        <button
          class="button"
          part="button"
          aria-busy=${isBusy(lastAction, '/push') ? 'true' : nothing}
          .textContent=${sent ? texts.sendAgain : texts.send}
        ></button>
      </div>
      <p
        class="error-text"
        part="message"
        id="outcome"
        role="status"
        .textContent=${sent ? texts.sent : error}
      ></p>
    </form>`;
  }
}
