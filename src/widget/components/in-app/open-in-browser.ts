import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { resolveEndpoint } from '../../browser/endpoint.ts';
import type { InApp } from '../../browser/in-app-browser.ts';
import type { Language } from '../../locales/language.ts';
import { fill } from '../../locales/messages.ts';
import { IN_APP_TEXTS, type InAppTexts } from '../../locales/in-app.ts';
import { button } from '../../ui/elements.ts';
import type { ChosenBank, Screen } from '../../state/state.ts';
import { controlStyles } from '../../theme/controls.ts';
import { LinkCopy } from '../../ui/link-copy.ts';
import { canShare, share } from '../../browser/link-sharing.ts';
import { chooseExit, hostedPage, type BrowserExit } from './browser-exits.ts';

const APART = 'sbp-checkout-way-out';

/**
 * @summary Leads out of an in-app browser to one that opens bank apps: by one tap if the app supports that, by the app's
 * menu, or by the address of the companion's page for this payment.
 * @csspart button - Every button and button-like link.
 * @csspart message - The notice.
 */
export class SbpOpenInBrowser extends LitElement {
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
        text-overflow: ellipsis;
      }
      .primary {
        display: flex;
        width: 100%;
        margin-top: 12px;
      }
    `,
  ];

  static override properties = {
    endpoint: { attribute: false },
    token: { attribute: false },
    language: { attribute: false },
    inApp: { attribute: false },
    held: { attribute: false },
    screen: { attribute: false },
  };

  /** The companion's address and the payment's token, as the shop has set them. */
  declare endpoint: string | null;
  declare token: string | null;
  declare language: Language;
  /** The app whose browser this is. */
  declare inApp: InApp;
  /** The bank that the payer tapped and that this browser cannot open. `null` before such a tap. */
  declare held: ChosenBank | null;
  declare screen: Screen;

  readonly #copy: LinkCopy;
  readonly #broken = new Set<BrowserExit['kind']>();
  #heldBefore: ChosenBank | null = null;
  /** The address of the companion's page for this payment. `null` when there is none. */
  #page: string | null = null;
  #exit: BrowserExit | null = null;

  constructor() {
    super();
    this.#copy = new LinkCopy(this);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    document.addEventListener('securitypolicyviolation', this.#onPolicyViolation);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    document.removeEventListener('securitypolicyviolation', this.#onPolicyViolation);
  }

  protected override willUpdate(): void {
    const page = hostedPage(resolveEndpoint(this.endpoint), this.token);
    if (page !== this.#page) this.#copy.outcome = 'none';
    this.#page = page;
    this.#exit = page === null ? null : chooseExit(this.inApp, page, this.#broken);
  }

  protected override updated(): void {
    const { held } = this;
    // The payer tapped a bank that cannot open here, perhaps far down the list. Move the focus to this notice.
    if (held && held !== this.#heldBefore) this.renderRoot.querySelector<HTMLElement>('.notice')!.focus();
    this.#heldBefore = held;
  }

  async #open(open: () => unknown): Promise<void> {
    try {
      await open();
    } catch {
      this.#dropExit('call');
    }
  }

  /** Drops an exit that failed. The others remain. */
  #dropExit(kind: BrowserExit['kind']): void {
    this.#broken.add(kind);
    this.requestUpdate();
  }

  /** A page's policy may forbid frames. Then the intent, which needs a frame, is dropped. */
  readonly #onPolicyViolation = ({ effectiveDirective }: SecurityPolicyViolationEvent): void => {
    if (this.#exit?.kind === 'intent' && effectiveDirective === 'frame-src') this.#dropExit('intent');
  };

  protected override render(): TemplateResult | typeof nothing {
    const { inApp, held } = this;
    // While the payment loads there is no bank to open, and the payment may be paid already.
    if (this.screen === 'loading') return nothing;
    const texts = this.language.texts(IN_APP_TEXTS);
    const ios = inApp.platform === 'ios';
    return html`<p
        class="notice"
        part="message"
        tabindex="-1"
        .textContent=${held ? fill(texts.rescueBank, { bank: held.name }) : ios ? texts.rescueIos : texts.rescueAndroid}
      ></p>
      ${this.#renderExit(texts, inApp)}
      ${this.#page === null ? nothing : this.#renderAddress(texts, this.#page)}`;
  }

  #renderExit(texts: InAppTexts, inApp: InApp): TemplateResult {
    const exit = this.#exit;
    if (exit?.kind === 'call') {
      return button(texts.openInBrowser, () => void this.#open(exit.open), 'primary');
    }
    if (!exit) return html`<p class="menu" .textContent=${menuText(texts, inApp)}></p>`;
    return html`<a
        class="button primary"
        part="button"
        href=${exit.url}
        target=${exit.apart ? APART : nothing}
        rel="noreferrer"
        .textContent=${texts.openInBrowser}
      ></a>
      ${exit.apart ? html`<iframe name=${APART} title=${texts.openInBrowser} hidden></iframe>` : nothing}
      <p class="menu quiet" .textContent=${menuText(texts, inApp)}></p>`;
  }

  #renderAddress(texts: InAppTexts, page: string): TemplateResult {
    const { outcome } = this.#copy;
    const copy = this.#copy.render(page, texts);
    if (outcome === 'by-hand') return copy;
    return html`<div class="ways">
        ${copy} ${canShare() ? button(texts.shareLink, () => void share({ url: page })) : nothing}
      </div>
      <p class="quiet" role="status" .textContent=${outcome === 'copied' ? texts.pasteLink : nothing}></p>`;
  }
}

function menuText(texts: InAppTexts, { app, platform }: InApp): string {
  if (app === 'instagram' || app === 'facebook') return texts.rescueMenuMeta;
  return platform === 'ios' ? texts.rescueMenuIos : texts.rescueMenuAndroid;
}
