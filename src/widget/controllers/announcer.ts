import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';

/** The one live region. Says what changed, once, when the screen reader has finished its sentence. */
export class Announcer implements ReactiveController {
  readonly #host: ReactiveControllerHost;
  #text = '';

  constructor(host: ReactiveControllerHost) {
    this.#host = host;
    host.addController(this);
  }

  hostDisconnected(): void {
    this.#text = '';
  }

  say(text: string): void {
    if (text === this.#text) return;
    this.#text = text;
    this.#host.requestUpdate();
  }

  render(): TemplateResult {
    return html`<p class="hidden" role="status" .textContent=${this.#text}></p>`;
  }
}
