import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Bank } from '../../protocol/banks.ts';
import { isAllowedLink } from '../../protocol/link-scheme.ts';
import { plural } from '../locales/messages.ts';
import type { Texts } from '../locales/texts.ts';
import { controlStyles } from '../theme/controls.ts';
import { mustHold, targetOf } from '../in-app.ts';
import type { View } from '../screens/view.ts';
import { readBanks } from './bank-entries.ts';
import { bankPickerStyles } from './bank-picker.styles.ts';
import { searchBanks } from './bank-search.ts';

/** Shown as tiles; the rest of the list follows as rows. */
const TILES = 8;

export type LoadBanks = (signal: AbortSignal) => Promise<unknown>;

type Loading =
  | { readonly step: 'loading' }
  | { readonly step: 'failed' }
  | { readonly step: 'ready'; readonly banks: readonly Bank[] };

/**
 * @summary The payer's bank: the largest as tiles, the rest as a list, a search over both. Each is a real link.
 * @csspart banks - The two lists.
 * @csspart bank - One bank's link.
 * @csspart search - The search field.
 * @csspart button - A secondary way.
 */
export class SbpBankPicker extends LitElement {
  static override styles = [controlStyles, bankPickerStyles];

  static override properties = {
    texts: { attribute: false },
    locale: { attribute: false },
    origin: { attribute: false },
    load: { attribute: false },
    link: { attribute: false },
    only: { attribute: false },
    whenTapped: { attribute: false },
  };

  declare texts: Texts;
  /** The language of the texts. */
  declare locale: string;
  /** The companion's origin: the one that may serve links and logos over plain http. */
  declare origin: string;
  /** Fetches the list; rejects when there is none. */
  declare load: LoadBanks;
  /** The payment link: the way out, where it may be tapped. */
  declare link: string;
  /** Where one app is all that the payment can be paid in: its links, the better ones first. No list is fetched. */
  declare only: Bank | null;
  declare whenTapped: View['act']['openBank'];

  #loading: Loading = { step: 'loading' };
  #query = '';
  #abort: AbortController | null = null;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
    this.#abort = null;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The banks' links are made of it: those of another payment link lead to what is closed by now.
    if (changed.has('link')) {
      this.#abort?.abort();
      this.#abort = null;
      this.#loading = { step: 'loading' };
    }
    // Not when connected: an element that is upgraded gets its properties later.
    const missing = !this.only && this.#loading.step === 'loading' && !this.#abort;
    if (this.isConnected && missing) void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    this.#show({ step: 'loading' });
    try {
      const banks = readBanks(await this.load(signal), this.origin);
      if (!signal.aborted) this.#show(banks.length > 0 ? { step: 'ready', banks } : { step: 'failed' });
    } catch {
      if (!signal.aborted) this.#show({ step: 'failed' }); // the QR code and the link remain
    }
  }

  #show(loading: Loading): void {
    this.#loading = loading;
    this.requestUpdate();
  }

  #search(event: Event): void {
    this.#query = (event.target as HTMLInputElement).value;
    this.requestUpdate();
  }

  protected override render(): TemplateResult {
    if (this.only) {
      const [app] = readBanks({ banks: [this.only] }, this.origin);
      return html`${app ? this.#renderApp(app) : nothing}`;
    }
    if (this.#loading.step === 'failed') {
      return html`<p class="note" role="status">${this.texts.banksFailed}</p>
        ${this.#renderLink()}
        <button class="button" part="button" type="button" @click=${() => void this.#fetch()}>
          ${this.texts.tryAgain}
        </button>`;
    }
    return html`<label class="search">
        <span class="hidden">${this.texts.search}</span>
        <input
          class="input"
          part="search"
          type="search"
          placeholder=${this.texts.search}
          autocomplete="off"
          spellcheck="false"
          .value=${this.#query}
          @input=${this.#search}
        />
      </label>
      ${this.#loading.step === 'ready' ? this.#renderBanks(this.#loading.banks) : this.#renderSkeleton()}`;
  }

  #renderApp(app: Bank): TemplateResult {
    return html`<a
      class="button primary"
      part="button"
      href=${app.url}
      target=${targetOf(app.url) ?? nothing}
      rel="noopener noreferrer"
      @click=${(tap: Event) => this.whenTapped(app, tap, mustHold(app.url))}
      >${this.texts.openApp}</a
    >`;
  }

  #renderSkeleton(): TemplateResult {
    return html`<div class="tiles" aria-hidden="true">
      ${Array.from({ length: TILES }, () => html`<div class="tile"><span class="avatar"></span></div>`)}
    </div>`;
  }

  #renderBanks(banks: readonly Bank[]): TemplateResult {
    const found = searchBanks(banks, this.#query);
    const tiles = found === banks ? banks.slice(0, TILES) : [];
    const rows = found.slice(tiles.length);
    return html`<div part="banks">
        ${tiles.length > 0 ? this.#renderList('tile', tiles) : nothing}
        ${rows.length > 0 ? this.#renderList('row', rows) : nothing}
      </div>
      ${
        found.length === 0
          ? html`<p class="note">${this.texts.nothingFound}</p>
              ${this.#renderLink()}`
          : nothing
      }
      <p class="hidden" role="status">
        ${found === banks ? nothing : plural(this.texts.found, found.length, this.locale)}
      </p>`;
  }

  #renderList(kind: 'tile' | 'row', banks: readonly Bank[]): TemplateResult {
    // role: Safari drops the list role of a list without markers.
    return html`<ul class="${kind}s" role="list">
      ${banks.map((bank) => html`<li>${this.#renderBank(kind, bank)}</li>`)}
    </ul>`;
  }

  #renderBank(kind: 'tile' | 'row', bank: Bank): TemplateResult {
    return html`<a
      part="bank"
      class=${kind}
      href=${bank.url}
      target=${targetOf(bank.url) ?? nothing}
      rel="noopener noreferrer"
      @click=${(tap: Event) => this.whenTapped(bank, tap, mustHold(bank.url))}
    >
      <span class="avatar" aria-hidden="true">
        ${firstLetter(bank.name)}
        ${
          bank.logo_url
            ? html`<img
                src=${bank.logo_url}
                alt=""
                loading="lazy"
                decoding="async"
                @error=${hide}
                @load=${reveal}
              />`
            : nothing
        }
      </span>
      <span class="name">${breakable(bank.name)}</span>
    </a>`;
  }

  #renderLink(): TemplateResult | typeof nothing {
    if (!isAllowedLink(this.link, this.origin)) return nothing;
    return html`<a
      class="button primary"
      part="button"
      href=${this.link}
      target=${targetOf(this.link) ?? nothing}
      rel="noopener noreferrer"
      >${this.texts.openLink}</a
    >`;
  }
}

/** «Райффайзенбанк» is wider than a tile, and not every browser can hyphenate Russian: a place to break, no character. */
function breakable(name: string): readonly (string | TemplateResult)[] {
  return name.split(/(?=банк)/iu).map((part, index) => (index ? html`<wbr />${part}` : part));
}

function firstLetter(name: string): string {
  return (/[\p{L}\p{N}]/u.exec(name)?.[0] ?? '').toUpperCase();
}

function hide(event: Event): void {
  (event.target as HTMLImageElement).hidden = true;
}

/** The same `<img>` may be given another bank's logo by a search. */
function reveal(event: Event): void {
  (event.target as HTMLImageElement).hidden = false;
}
