import { LitElement, css, html, nothing, type TemplateResult } from 'lit';
import { LazyElements } from '../../controllers/lazy-elements.ts';
import { followsIntents, inAppBrowser, type InApp } from '../../in-app.ts';
import type { View } from '../../screens/view.ts';

/**
 * @summary Where an app's own browser keeps bank apps from opening: the ways out of it. Empty everywhere else, and on a
 * desktop, which has no bank apps.
 * @csspart button - Each of them.
 * @csspart message - What this is about.
 */
export class SbpRescue extends LitElement {
  static override styles = css`
    :host {
      display: block;
    }
    sbp-way-out {
      display: block;
      box-sizing: border-box;
      /* As high as it will be, in Russian: the banks below stay where they are. */
      min-height: 224px;
      margin: 8px 0 20px;
      padding: 16px;
      border-radius: var(--_radius);
      background: var(--_subtle);
    }
    .exit {
      min-height: 280px;
    }
    @container (min-width: 320px) {
      sbp-way-out {
        min-height: 176px;
      }
      .exit {
        min-height: 256px;
      }
    }
    @container (min-width: 390px) {
      .exit {
        min-height: 232px;
      }
    }
  `;

  static override properties = { view: { attribute: false } };

  declare view: View;

  readonly #elements = new LazyElements(this, () => this.view.state.connection === 'offline');
  #inApp: InApp | null = null;

  protected override willUpdate(): void {
    this.#inApp = this.view.device === 'desktop' ? null : inAppBrowser();
  }

  protected override updated(): void {
    if (this.isConnected) this.#elements.needThoseOf(this.renderRoot);
  }

  protected override render(): TemplateResult | typeof nothing {
    return this.#inApp
      ? html`<sbp-way-out
          class=${followsIntents(this.#inApp) ? 'exit' : nothing}
          exportparts="button,message"
          .view=${this.view}
          .inApp=${this.#inApp}
        ></sbp-way-out>`
      : nothing;
  }
}
