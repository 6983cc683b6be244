import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { fitsQr } from '../../../protocol/qr-capacity.ts';
import type { DeviceType } from '../../../protocol/snapshot.ts';
import { CODE_TOOLS_TEXTS, type CodeToolsTexts } from '../../locales/code-tools.ts';
import type { Language } from '../../locales/language.ts';
import { fill } from '../../locales/messages.ts';
import { button } from '../../ui/elements.ts';
import { controlStyles } from '../../theme/controls.ts';
import { LinkCopy } from '../../ui/link-copy.ts';
import { canShare, share } from '../../browser/link-sharing.ts';

/** Safari supports dialogs from 15.4, Firefox from 98. In older browsers the large code takes the whole page. */
const hasDialogs = typeof HTMLDialogElement === 'function';

/**
 * @summary Tools for the code: copy its link, send it to a phone, enlarge it.
 * @csspart button - Every button and button-like link.
 */
export class SbpCodeTools extends LitElement {
  static override styles = [
    controlStyles,
    css`
      :host {
        display: grid;
        justify-items: start;
      }
      .by-hand {
        display: block;
        width: 100%;
        padding-inline-start: 12px;
        color: var(--_muted);
        font-size: 14px;
      }
      dialog {
        width: min(100vw, 100vh - 120px);
        width: min(100vw, 100dvh - 120px);
        max-width: none;
        max-height: none;
        margin: auto;
        padding: 16px;
        border: 0;
        border-radius: var(--_radius-card);
        background: var(--_surface);
        color: var(--_text);
        text-align: center;
      }
      dialog::backdrop {
        background: rgb(0 0 0 / 60%);
      }
      .page {
        position: fixed;
        inset: 0;
        z-index: 2147483647;
        display: grid;
        align-content: center;
        justify-items: center;
        width: auto;
        border-radius: 0;
      }
      .page sbp-qr-code {
        width: min(100%, 100vh - 120px);
      }
      dialog .button {
        margin-top: 8px;
      }
    `,
  ];

  static override properties = {
    language: { attribute: false },
    device: { attribute: false },
    link: { attribute: false },
    label: { attribute: false },
    amount: { attribute: false },
    shop: { attribute: false },
  };

  declare language: Language;
  declare device: DeviceType;
  /** The payment link in the code. */
  declare link: string;
  /** The accessible name of the code. */
  declare label: string;
  /** The payment's amount, formatted. */
  declare amount: string;
  /** The shop's name. */
  declare shop: string;

  readonly #copy: LinkCopy;
  #large = false;

  constructor() {
    super();
    this.#copy = new LinkCopy(this);
  }

  protected override willUpdate(changed: Map<PropertyKey, unknown>): void {
    if (changed.has('link')) this.#copy.outcome = 'none';
  }

  async #enlarge(): Promise<void> {
    this.#large = true;
    this.requestUpdate();
    await this.updateComplete;
    if (hasDialogs) this.#dialog?.showModal();
    else this.#dialog?.querySelector('button')?.focus();
  }

  get #dialog(): HTMLDialogElement | null {
    return this.renderRoot.querySelector('dialog');
  }

  #close(): void {
    if (hasDialogs) this.#dialog?.close();
    else this.#onClosed();
  }

  #onClosed(): void {
    this.#large = false;
    this.requestUpdate();
    // A dialog returns the focus by itself.
    if (!hasDialogs) this.renderRoot.querySelector<HTMLElement>('.enlarge')?.focus();
  }

  /** Imitates a modal dialog: Escape closes the layer, and Tab stays on its only button. */
  readonly #onKeydown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') this.#close();
    if (event.key === 'Tab') event.preventDefault();
  };

  protected override render(): TemplateResult {
    const texts = this.language.texts(CODE_TOOLS_TEXTS);
    // A phone shows the code at full size already, and the link would be sent to this phone.
    const inHand = this.device === 'mobile';
    return html`${this.#copy.render(this.link, texts)} ${inHand ? nothing : this.#renderSend(texts)}
      ${inHand || !fitsQr(this.link) ? nothing : button(texts.enlarge, () => void this.#enlarge(), 'enlarge')}
      <p
        class="hidden"
        role="status"
        .textContent=${this.#copy.outcome === 'copied' ? texts.copied : nothing}
      ></p>
      ${this.#large ? this.#renderLarge(texts) : nothing}`;
  }

  /** Opens the system's share sheet, or an e-mail where there is none. */
  #renderSend(texts: CodeToolsTexts): TemplateResult {
    const title = fill(texts.linkSubject, { amount: this.amount, shop: this.shop });
    if (canShare()) {
      return button(texts.sendLink, () => void share({ title, url: this.link }), 'send');
    }
    const mail = `mailto:?subject=${encodeURIComponent(title)}&body=${encodeURIComponent(this.link)}`;
    return html`<a class="button send" part="button" href=${mail} .textContent=${texts.sendLink}></a>`;
  }

  /** A tap on the backdrop has the dialog as its target and closes it. */
  #renderLarge(texts: CodeToolsTexts): TemplateResult {
    return html`<dialog
      class=${hasDialogs ? nothing : 'page'}
      role=${hasDialogs ? nothing : 'dialog'}
      aria-modal=${hasDialogs ? nothing : 'true'}
      aria-label=${this.label}
      @close=${() => this.#onClosed()}
      @keydown=${hasDialogs ? nothing : this.#onKeydown}
      @click=${(tap: Event) => tap.target === tap.currentTarget && this.#close()}
    >
      <sbp-qr-code .payload=${this.link} .label=${this.label}></sbp-qr-code>
      ${button(texts.close, () => this.#close())}
    </dialog>`;
  }
}
