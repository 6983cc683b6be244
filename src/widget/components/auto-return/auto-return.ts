import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { AUTO_RETURN_TEXTS } from '../../locales/auto-return.ts';
import type { Language } from '../../locales/language.ts';
import { plural } from '../../locales/messages.ts';
import { button } from '../../ui/elements.ts';
import { controlStyles } from '../../theme/controls.ts';

/**
 * @summary Takes a payer who has paid back to the shop after some seconds, unless the payer chooses to stay.
 * @csspart button - The button to stay.
 */
export class SbpAutoReturn extends LitElement {
  static override styles = [
    controlStyles,
    css`
      :host {
        display: grid;
        justify-items: center;
        margin-top: 12px;
        color: var(--_muted);
        font-size: 14px;
        font-variant-numeric: tabular-nums;
      }
    `,
  ];

  static override properties = {
    language: { attribute: false },
    seconds: { attribute: false },
    address: { attribute: false },
  };

  declare language: Language;
  /** Time before the return, at least 1. Read once. */
  declare seconds: number;
  /** The shop's http(s) address, already checked by the screen. */
  declare address: string;

  #endsAt: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#endsAt === Infinity) return; // the payer chose to stay; moving the element does not restart the countdown
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(): void {
    this.#endsAt ??= performance.now() + Math.max(1, this.seconds) * 1_000;
  }

  get #left(): number {
    return Math.max(0, Math.ceil(((this.#endsAt ?? Infinity) - performance.now()) / 1_000));
  }

  #tick(): void {
    this.requestUpdate();
    if (this.#left > 0) return;
    clearInterval(this.#timer);
    // Browsers may forbid leaving a frame without a tap. The button beside this leads to the shop, too.
    if (!open(this.address, '_top')) this.#stay();
  }

  #stay(): void {
    clearInterval(this.#timer);
    this.#endsAt = Infinity;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.#endsAt === Infinity) return nothing;
    const texts = this.language.texts(AUTO_RETURN_TEXTS);
    return html`<p .textContent=${plural(texts.returning, this.#left, this.language.tag)}></p>
      ${button(texts.stay, () => this.#stay())}`;
  }
}
