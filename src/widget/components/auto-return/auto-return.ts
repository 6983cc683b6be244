import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { AUTO_RETURN_TEXTS } from '../../locales/auto-return.ts';
import { plural } from '../../locales/messages.ts';
import { button } from '../../ui/elements.ts';
import type { View } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';

/**
 * @summary Takes a payer who has paid back to the shop when the seconds are over, unless they stay.
 * @csspart button - Stays.
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

  static override properties = { view: { attribute: false }, address: { attribute: false } };

  declare view: View;
  /** Where to: http(s), checked by whoever sets it. */
  declare address: string;

  #endsAt: number | null = null;
  #timer: ReturnType<typeof setInterval> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    if (this.#endsAt === Infinity) return; // the payer stays, wherever the page puts this
    this.#timer = setInterval(() => this.#tick(), 250);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    clearInterval(this.#timer);
  }

  protected override willUpdate(): void {
    this.#endsAt ??= performance.now() + Math.max(1, this.view.redirect ?? 0) * 1_000;
  }

  get #left(): number {
    return Math.max(0, Math.ceil(((this.#endsAt ?? Infinity) - performance.now()) / 1_000));
  }

  #tick(): void {
    this.requestUpdate();
    if (this.#left > 0) return;
    clearInterval(this.#timer);
    // Out of a frame, which browsers may forbid where nobody has tapped in it: the button beside this leads there, too.
    if (!open(this.address, '_top')) this.#stay();
  }

  #stay(): void {
    clearInterval(this.#timer);
    this.#endsAt = Infinity;
    this.requestUpdate();
  }

  protected override render(): TemplateResult | typeof nothing {
    if (this.#endsAt === Infinity) return nothing;
    const { language } = this.view;
    const words = language.words(AUTO_RETURN_TEXTS);
    return html`<p .textContent=${plural(words.returning, this.#left, language.tag)}></p>
      ${button(words.stay, () => this.#stay())}`;
  }
}
