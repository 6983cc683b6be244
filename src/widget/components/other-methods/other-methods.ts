import { LitElement, css, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import { defineOnce } from '../../browser/define-once.ts';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import { button, otherMethodButton } from '../../ui/elements.ts';
import type { OtherPart, View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { SbpCancelQuestion } from './cancel-question.ts';
import { SbpMethodList } from './method-list.ts';
import { paymentForm } from './payment-form.ts';
import { SbpPhonePush } from './phone-push.ts';
import { SbpScanner } from './scanner.ts';
import { errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { leaveByForm } from '../../actions.ts';

defineOnce('sbp-give-up', SbpCancelQuestion);
defineOnce('sbp-method-list', SbpMethodList);
defineOnce('sbp-phone-push', SbpPhonePush);
defineOnce('sbp-scanner', SbpScanner);

/**
 * @summary The parts that a payment by one SBP link does not need. Loaded with the first payment that needs one.
 * @csspart phone - The field for a phone number.
 * @csspart scanner - The field for the payer's code.
 * @csspart button - Every button and button-like link.
 * @csspart message - The result of the payer's action.
 */
export class SbpOtherMethods extends LitElement {
  static override styles = [
    controlStyles,
    errorTextStyles,
    css`
      :host {
        display: block;
      }
      .primary {
        display: flex;
        width: 100%;
      }
      .detail {
        margin: 8px 0 16px;
        color: var(--_muted);
      }
      .rows {
        display: grid;
        gap: 4px;
      }
    `,
  ];

  static override properties = {
    view: { attribute: false },
    kind: { attribute: false },
  };

  declare view: Pick<View, 'state' | 'screen' | 'texts' | 'language' | 'actions'>;
  /** Which part to draw. */
  declare kind: OtherPart;

  #hadFocus = false;

  protected override willUpdate(changed: PropertyValues<this>): void {
    const root = this.renderRoot as ShadowRoot;
    this.#hadFocus = changed.has('kind') && root.activeElement !== null;
  }

  protected override updated(): void {
    if (!this.#hadFocus || (this.renderRoot as ShadowRoot).activeElement) return;
    // The focused control is gone. Move the focus to the new heading, so that it does not fall back to the top of the page.
    (this.getRootNode() as ShadowRoot).querySelector('h2')?.focus();
  }

  protected override render(): TemplateResult | typeof nothing {
    const { view } = this;
    switch (this.kind) {
      case 'methods':
        return html`<sbp-method-list exportparts="button,message" .view=${view}></sbp-method-list>`;
      case 'scan':
        return html`<sbp-scanner exportparts="scanner,button,message" .view=${view}></sbp-scanner>`;
      case 'push':
        return html`<sbp-phone-push exportparts="phone,button,message" .view=${view}></sbp-phone-push>`;
      case 'form':
        return this.#renderForm();
      case 'slow':
        return this.#renderSlow();
      case 'renew':
        return this.#renderRenewal();
      case 'give-up':
        return html`<sbp-give-up exportparts="button,message" .view=${view}></sbp-give-up>`;
    }
  }

  /** Draws the payment system's form, before the payer leaves and after the return. */
  #renderForm(): TemplateResult | typeof nothing {
    const { state, screen, language } = this.view;
    const offer = state.snapshot?.presentation;
    if (offer?.kind !== 'form') return nothing;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const first = screen === 'pay';
    return html`<p class="detail" .textContent=${first ? texts.formDetail : texts.formHelp}></p>
      ${paymentForm(offer, first ? texts.toForm : texts.openAgain, () => leaveByForm(this.view))}`;
  }

  #renderSlow(): TemplateResult {
    const { texts, language, actions } = this.view;
    return html`<p class="detail" .textContent=${language.texts(OTHER_METHODS_TEXTS).slow}></p>
      <div class="rows">${button(texts.tryAgain, actions.check)} ${otherMethodButton(this.view)}</div>`;
  }

  #renderRenewal(): TemplateResult {
    const { state, language } = this.view;
    return html`<p
      class="error-text"
      part="message"
      role="status"
      .textContent=${errorText(state.lastAction, '/renew', language.texts(OTHER_METHODS_TEXTS))}
    ></p>`;
  }
}
