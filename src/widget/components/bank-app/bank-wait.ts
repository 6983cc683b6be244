import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { isAllowedLink } from '../../../protocol/link-scheme.ts';
import { AppSwitch } from '../../controllers/app-switch.ts';
import { isUnsafeToFollow, bankLinkTarget } from '../../browser/bank-link.ts';
import { BANK_APP_TEXTS } from '../../locales/bank-app.ts';
import { button, linkButton } from '../../ui/elements.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import { inAppNoticeStyles } from '../../ui/in-app-notice.styles.ts';

/**
 * @summary The next steps for a payer who has tapped a bank. A page cannot know if an app has opened. If the page is still
 * visible a moment later, these steps become prominent.
 * @csspart button - Every button and button-like link.
 * @csspart message - The question.
 */
export class SbpBankWait extends LitElement {
  static override styles = [
    controlStyles,
    inAppNoticeStyles,
    css`
      :host {
        display: block;
      }
      .ways {
        display: grid;
        gap: 4px;
        padding: 8px;
        border-radius: var(--_radius);
        transition: background-color 0.24s ease-out;
      }
      .first {
        background: var(--_subtle);
      }
      .ask {
        padding: 4px;
        color: var(--_muted);
        font-weight: 600;
      }
      .first .ask {
        color: inherit;
      }
      .again {
        min-height: 52px;
      }
      .pair {
        display: flex;
        flex-wrap: wrap;
        justify-content: center;
        gap: 0 4px;
      }
      sbp-way-out {
        text-align: start;
      }
      @media (prefers-reduced-motion: reduce) {
        .ways {
          transition: none;
        }
      }
    `,
  ];

  static override properties = { view: { attribute: false } };

  declare view: Pick<
    View,
    'state' | 'language' | 'texts' | 'origin' | 'isComing' | 'inAppNotice' | 'actions'
  >;

  readonly #stillHere: AppSwitch;

  constructor() {
    super();
    this.#stillHere = new AppSwitch(this);
  }

  protected override willUpdate(): void {
    this.#stillHere.follow(this.view.state.departedAt);
  }

  protected override render(): TemplateResult {
    const { language, actions, state, origin, texts } = this.view;
    const bankAppTexts = language.texts(BANK_APP_TEXTS);
    const first = this.#stillHere.is;
    const { destination } = state;
    return html`<div class="ways ${first ? 'first' : ''}">
        <p class="ask" part="message" .textContent=${bankAppTexts.notOpened}></p>
        ${
          destination && destination !== 'form' && isAllowedLink(destination.url, origin)
            ? linkButton(bankAppTexts.openAgain, destination.url, {
                kind: `again ${first ? 'primary' : ''}`,
                target: bankLinkTarget(destination.url),
                tapped: (tap) => actions.openBank(destination, tap, isUnsafeToFollow(destination.url)),
              })
            : nothing
        }
        <div class="pair">
          ${state.snapshot?.method === 'sberpay' ? nothing : button(bankAppTexts.otherBank, () => actions.chooseEntryMode('banks'))}
          ${button(texts.showQr, () => actions.chooseEntryMode('qr'))}
        </div>
      </div>
      <p class="hidden" role="status" .textContent=${first ? bankAppTexts.notOpened : nothing}></p>
      ${(first || state.blockedBank) && !this.view.isComing('sbp-way-out') ? this.view.inAppNotice() : nothing}`;
  }
}
