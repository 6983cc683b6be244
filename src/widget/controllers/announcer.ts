import { html, type ReactiveController, type ReactiveControllerHost, type TemplateResult } from 'lit';

/** The element's only live region. The screen reader reads each change once, after its present sentence. */
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
