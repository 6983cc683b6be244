import { LitElement, html, nothing, type TemplateResult } from 'lit';
import type { Method } from '../../../protocol/snapshot.ts';
import { OTHER_METHODS_TEXTS } from '../../locales/other-methods.ts';
import type { View } from '../../view.ts';
import { choices } from '../../state/state.ts';
import { controlStyles } from '../../theme/controls.ts';
import { methodListStyles } from './method-list.styles.ts';
import { isBusy, errorText } from '../../ui/error-text.ts';
import { errorTextStyles } from '../../ui/error-text.styles.ts';
import { chooseMethod } from '../../actions.ts';

const METHOD_TEXTS = {
  sbp: 'methodSbp',
  sberpay: 'methodSberpay',
  buyer_qr: 'methodBuyerQr',
} as const satisfies Record<Method, string>;

/**
 * @summary The methods of this payment, one button each.
 * @csspart button - One method.
 * @csspart message - Why a choice failed, and what to do now.
 */
export class SbpMethodList extends LitElement {
  static override styles = [controlStyles, errorTextStyles, methodListStyles];

  static override properties = { view: { attribute: false } };

  declare view: Pick<View, 'state' | 'language' | 'actions'>;

  protected override render(): TemplateResult {
    const { state, language } = this.view;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const refused = texts.methodRefused;
    const error = errorText(state.lastAction, '/method', texts, { 409: refused, 422: refused });
    // role: Safari drops the list role of a list without markers.
    return html`<ul role="list">
        ${choices(state.snapshot!).map((method) => html`<li>${this.#renderMethod(method)}</li>`)}
      </ul>
      <p class="error-text" part="message" role="status" .textContent=${error}></p>`;
  }

  #renderMethod(method: Method): TemplateResult {
    const { state, language } = this.view;
    const texts = language.texts(OTHER_METHODS_TEXTS);
    const [name, needs] = texts[METHOD_TEXTS[method]];
    const chosen = method === state.snapshot!.method;
    return html`<button
      class="method"
      part="button"
      type="button"
      aria-current=${chosen ? 'true' : nothing}
      aria-busy=${isBusy(state.lastAction, '/method') && state.lastAction?.body['method'] === method ? 'true' : nothing}
      @click=${() => chooseMethod(this.view, method)}
    >
      <span>
        <strong
          ><span .textContent=${name}></span
          >${chosen ? html`<span class="hidden" .textContent=${`, ${texts.chosen}`}></span>` : nothing}</strong
        >
        <small .textContent=${needs}></small>
      </span>
      <svg class="sign ${language.direction}" viewBox="0 0 16 16" aria-hidden="true">
        <path d=${chosen ? 'M3 8.5l3.5 3.5 7-8' : 'M6 3l5 5-5 5'}></path>
      </svg>
    </button>`;
  }
}
