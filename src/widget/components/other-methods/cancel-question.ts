import { LitElement, css, html, type TemplateResult } from 'lit';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import { button } from '../../ui/elements.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { isBusy, errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { post } from '../../actions.ts';

/**
 * @summary The question whether the payment is really to be called off. The way back comes first and is the wider one:
 * a second tap on the same spot calls nothing off.
 * @csspart button - Each answer.
 * @csspart message - Why it could not be called off.
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
    // The question goes: its place has the focus, as before it came.
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
