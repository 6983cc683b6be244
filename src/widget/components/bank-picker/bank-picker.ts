import { LitElement, html, nothing, type PropertyValues, type TemplateResult } from 'lit';
import type { Bank } from '../../../protocol/banks.ts';
import { isAllowedLink } from '../../../protocol/link-scheme.ts';
import { isUnsafeToFollow, bankLinkTarget } from '../../browser/bank-link.ts';
import { BANK_TEXTS, type BankTexts } from '../../locales/banks.ts';
import type { Language } from '../../locales/language.ts';
import { plural } from '../../locales/messages.ts';
import { SCREEN_TEXTS } from '../../locales/screens.ts';
import { linkButton } from '../../ui/elements.ts';
import type { LoadBanks } from '../../view.ts';
import { controlStyles } from '../../theme/controls.ts';
import type { BankFinder } from './bank-finder.ts';
import { bankPickerStyles } from './bank-picker.styles.ts';
import { bankList, type OnBankTap } from './bank-list.ts';
import { readBanks } from './read-banks.ts';
import { recentBanks, rememberBank } from './recent-banks.ts';

/** Banks shown as tiles. The rest of the list follows as rows. */
const TILES = 8;

/** Rows drawn at a time, and the pause between two batches. Two hundred rows at once would delay typing on a slow phone. */
const ROWS = 24;
const ROWS_MS = 40;

/** A failed list is fetched again after the companion's next answer: not before this pause, and at most this often. */
const RETRY_MS = 3_000;
const RETRIES = 10;

/** Pause after the last keystroke, so that a screen reader does not announce a count for each letter. */
const ANNOUNCE_MS = 700;

type Loading =
  | { readonly step: 'loading' }
  | { readonly step: 'failed' }
  | {
      readonly step: 'ready';
      readonly banks: readonly Bank[];
      /** Read once, when the list arrives, so that nothing moves under the payer's finger. */
      readonly recent: readonly Bank[];
    };

/**
 * @summary The payer's bank: the last used, the largest as tiles, the rest as a list, a search over all. Each is a real link.
 * @csspart banks - The lists.
 * @csspart bank - One bank's link.
 * @csspart search - The search field.
 * @csspart button - A secondary button or link.
 */
export class SbpBankPicker extends LitElement {
  static override styles = [controlStyles, bankPickerStyles];

  static override properties = {
    language: { attribute: false },
    origin: { attribute: false },
    load: { attribute: false },
    link: { attribute: false },
    only: { attribute: false },
    onBankTap: { attribute: false },
    snapshotCount: { attribute: false },
  };

  declare language: Language;
  /** The companion's origin. Only this origin may serve links and logos over plain http. */
  declare origin: string;
  /** Fetches the list. Rejects when there is none. */
  declare load: LoadBanks;
  /** The payment link, offered when no bank is found and the link may be tapped. */
  declare link: string;
  /** The only bank that the payment can be paid in, its better links first. `null` shows the list of banks. */
  declare only: Bank | null;
  declare onBankTap: OnBankTap;
  /** The number of snapshots received. A new one shows that the companion answers, so a failed list is fetched again. */
  declare snapshotCount: number;

  /** True when the list is fully drawn or has failed, so that nothing below it moves any more. Changes emit `ready`. */
  ready = false;

  #loading: Loading = { step: 'loading' };
  #query = '';
  /** Loaded with the first focus. A payer who taps a bank right away does not need it. */
  #finder: BankFinder | null = null;
  #rows = ROWS;
  #rowsTimer: ReturnType<typeof setTimeout> | undefined;
  #abort: AbortController | null = null;
  #retryAt = Infinity;
  #retries = 0;
  #announced = '';
  #announceTimer: ReturnType<typeof setTimeout> | undefined;

  override connectedCallback(): void {
    super.connectedCallback();
    this.requestUpdate();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.#abort?.abort();
    this.#abort = null;
    clearTimeout(this.#announceTimer);
    clearTimeout(this.#rowsTimer);
    this.#rowsTimer = undefined;
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    // The banks' links contain the payment link. Links made for an earlier payment link no longer work.
    if (changed.has('link')) {
      this.#abort?.abort();
      this.#abort = null;
      this.#loading = { step: 'loading' };
      this.#retries = 0;
    }
    if (changed.has('snapshotCount')) this.#retry();
    // Not in connectedCallback: an upgraded element gets its properties later.
    const missing = !this.only && this.#loading.step === 'loading' && !this.#abort;
    if (this.isConnected && missing) void this.#fetch();
  }

  protected override updated(): void {
    const { step } = this.#loading;
    const growing = this.#loading.step === 'ready' && this.#rows < this.#loading.banks.length;
    // A search draws the rows again. That does not make the list unready: the payer is at the list then.
    const ready = Boolean(this.only) || step === 'failed' || (step === 'ready' && (this.ready || !growing));
    if (ready !== this.ready) {
      this.ready = ready;
      this.dispatchEvent(new Event('ready'));
    }
    if (!growing) return;
    this.#rowsTimer ??= setTimeout(() => {
      this.#rowsTimer = undefined;
      this.#rows += ROWS;
      this.requestUpdate();
    }, ROWS_MS);
  }

  /** Fetches a failed list again, unless the last try was too recent. The error stays until the list is there. */
  #retry(): void {
    if (this.#loading.step !== 'failed' || performance.now() < this.#retryAt) return;
    if (this.#retries++ < RETRIES) void this.#fetch();
  }

  #fetchAnew(): void {
    this.#show({ step: 'loading' });
    void this.#fetch();
  }

  async #fetch(): Promise<void> {
    this.#abort?.abort();
    const { signal } = (this.#abort = new AbortController());
    this.#retryAt = Infinity;
    try {
      const banks = readBanks(await this.load(signal), this.origin);
      if (signal.aborted) return;
      if (banks.length === 0) throw new Error('no banks');
      const recent = recentBanks().flatMap((id) => banks.find((bank) => bank.id === id) ?? []);
      this.#show({ step: 'ready', banks, recent });
    } catch {
      this.#retryAt = performance.now() + RETRY_MS;
      if (!signal.aborted) this.#show({ step: 'failed' }); // the QR code and the link still work
    }
  }

  #show(loading: Loading): void {
    this.#loading = loading;
    this.requestUpdate();
  }

  async #loadFinder(): Promise<void> {
    if (this.#finder) return;
    try {
      const { BankFinder } = await import('./bank-finder.ts');
      this.#finder ??= new BankFinder(this);
      this.requestUpdate();
    } catch {
      // Most likely the network failed. The next focus or letter tries again; the list works without the search.
    }
  }

  #type(event: Event): void {
    void this.#loadFinder();
    this.#search((event.target as HTMLInputElement).value);
  }

  #found(banks: readonly Bank[]): readonly Bank[] {
    return this.#finder?.find(banks, this.#query) ?? banks;
  }

  #search(query: string): void {
    this.#query = query;
    this.#rows = ROWS;
    this.requestUpdate();
    clearTimeout(this.#announceTimer);
    this.#announceTimer = setTimeout(() => {
      this.#announced = this.#resultText();
      this.requestUpdate();
    }, ANNOUNCE_MS);
  }

  clearSearch(): void {
    this.#search('');
    this.renderRoot.querySelector('input')?.focus();
  }

  /** Returns the number of found banks as a text. Returns an empty text while all banks are shown. */
  #resultText(): string {
    if (this.#loading.step !== 'ready') return '';
    const { banks } = this.#loading;
    const found = this.#found(banks);
    if (found === banks) return '';
    return found.length > 0
      ? plural(this.#texts.found, found.length, this.language.tag)
      : this.#texts.nothingFound;
  }

  readonly #tapped: OnBankTap = (bank, tap, held) => {
    this.onBankTap(bank, tap, held);
    rememberBank(bank.id);
  };

  get #texts(): BankTexts {
    return this.language.texts(BANK_TEXTS);
  }

  protected override render(): TemplateResult {
    const texts = this.#texts;
    if (this.only) {
      const [app] = readBanks({ banks: [this.only] }, this.origin);
      return html`${app ? this.#renderApp(app) : nothing}`;
    }
    if (this.#loading.step === 'failed') {
      return html`<p class="note" role="status" .textContent=${texts.banksFailed}></p>
        ${this.#renderLink()}
        <button
          class="button"
          part="button"
          type="button"
          @click=${() => this.#fetchAnew()}
          .textContent=${this.language.texts(SCREEN_TEXTS).tryAgain}
        ></button>`;
    }
    return html`<label class="search">
        <span class="hidden" .textContent=${texts.search}></span>
        <input
          class="input"
          part="search"
          type="search"
          placeholder=${texts.search}
          autocomplete="off"
          autocapitalize="off"
          spellcheck="false"
          enterkeyhint="search"
          maxlength="80"
          .value=${this.#query}
          @input=${this.#type}
          @focus=${this.#loadFinder}
          @keydown=${(event: KeyboardEvent) => this.#finder?.keyInSearch(event)}
        />
      </label>
      ${this.#loading.step === 'ready' ? this.#renderBanks(this.#loading) : this.#renderSkeleton()}
      <p class="hidden" role="status" .textContent=${this.#announced}></p>`;
  }

  #renderApp(app: Bank): TemplateResult {
    return linkButton(this.#texts.openApp, app.url, {
      kind: 'primary',
      target: bankLinkTarget(app.url),
      tapped: (tap) => this.onBankTap(app, tap, isUnsafeToFollow(app.url)),
    });
  }

  #renderSkeleton(): TemplateResult {
    return html`<div class="tiles" aria-hidden="true">
      ${[...Array<unknown>(TILES)].map(() => html`<div class="tile"><span class="avatar"></span></div>`)}
    </div>`;
  }

  #renderBanks({ banks, recent }: Loading & { step: 'ready' }): TemplateResult {
    const found = this.#found(banks);
    if (found.length === 0) {
      return html`<p class="note" .textContent=${this.#texts.nothingFound}></p>
        ${this.#renderLink()}
        <button
          class="button"
          part="button"
          type="button"
          @click=${() => this.clearSearch()}
          .textContent=${this.#texts.clearSearch}
        ></button>`;
    }
    return html`<div
      part="banks"
      @focusin=${this.#loadFinder}
      @keydown=${(event: KeyboardEvent) => this.#finder?.keyInLists(event)}
    >
      ${found === banks ? this.#renderAll(banks, recent) : bankList('row', found.slice(0, this.#rows), this.#tapped)}
    </div>`;
  }

  #renderAll(banks: readonly Bank[], recent: readonly Bank[]): TemplateResult {
    const others = banks.filter((bank) => !recent.includes(bank));
    const rows = others.slice(TILES, TILES + this.#rows);
    return html`${
      recent.length > 0
        ? html`<h3 .textContent=${this.#texts.recent}></h3>
            ${bankList('tile', recent, this.#tapped)}
            <h3 .textContent=${this.#texts.allBanks}></h3>`
        : nothing
    }
    ${bankList('tile', others.slice(0, TILES), this.#tapped)}
    ${rows.length > 0 ? bankList('row', rows, this.#tapped) : nothing}`;
  }

  /** Draws the payment link. The QR code needs no button here: it is one tap away under every list. */
  #renderLink(): TemplateResult | typeof nothing {
    if (!isAllowedLink(this.link, this.origin)) return nothing;
    return linkButton(this.#texts.openLink, this.link, {
      kind: 'primary',
      target: bankLinkTarget(this.link),
    });
  }
}
