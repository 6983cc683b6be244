import { LitElement, css, html, type TemplateResult } from 'lit';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import { button } from '../../ui/elements.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { isBusy, errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { post } from '../../actions.ts';

/**
 * @summary Asks the payer to confirm the cancel. The button to go on comes first and is wider, so that a second tap on the
 * same spot cancels nothing.
 * @csspart button - Both buttons.
 * @csspart message - Why the payment could not be canceled.
 */
export class SbpCancelQuestion extends LitElement {
  static override styles = [
    controlStyles,
    errorTextStyles,
    css`
      :host {
        display: block;
      }
      .answers {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
      }
      .quiet {
        color: var(--_muted);
      }
    `,
  ];

  static override properties = { view: { attribute: false } };

  declare view: Pick<View, 'state' | 'language' | 'actions'>;

  protected override firstUpdated(): void {
    this.renderRoot.querySelector('button')!.focus();
  }

  #goOn(): void {
    // The question disappears. Its container takes the focus.
    (this.getRootNode() as ShadowRoot).host.parentElement!.focus();
    this.view.actions.dispatch({ type: 'giving-up', givingUp: false });
  }

  protected override render(): TemplateResult {
    const { state, language } = this.view;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const error = errorText(state.lastAction, '/cancel', texts, { 409: texts.cancelNotNow });
    return html`<div class="answers" role="group" aria-label=${texts.reallyCancel}>
        ${button(texts.goOn, () => this.#goOn())}
        ${button(texts.cancelNow, () => void post(this.view, '/cancel', {}), 'quiet', isBusy(state.lastAction, '/cancel'))}
      </div>
      <p class="error-text" part="message" role="status" .textContent=${error}></p>`;
  }
}
