import { LitElement, html, type PropertyValues, type TemplateResult } from 'lit';
import type { DeviceType, Snapshot } from '../protocol/snapshot.ts';
import { isOpen, type PaymentStatus } from '../protocol/status.ts';
import { AttributeMemory } from './browser/attribute-memory.ts';
import type { SbpBankPicker } from './components/bank-picker/bank-picker.ts';
import { Announcer } from './controllers/announcer.ts';
import { CheckoutSession } from './controllers/checkout-session.ts';
import { Countdown } from './controllers/countdown.ts';
import { Fallback } from './controllers/fallback.ts';
import { PARTS } from './parts.ts';
import { LazyElements } from './controllers/lazy-elements.ts';
import { isolateTyping } from './controllers/isolate-typing.ts';
import { Visibility } from './controllers/visibility.ts';
import { PageLifecycle } from './controllers/page-lifecycle.ts';
import { addressAt, resolveEndpoint } from './browser/endpoint.ts';
import { SbpBankOpenEvent, SbpStepEvent, type Step } from './events.ts';
import { inAppBrowser, type InApp } from './browser/in-app-browser.ts';
import { chooseLanguage, nearestLang, type Language } from './locales/language.ts';
import { readMessages } from './locales/read-messages.ts';
import type { Messages } from './locales/messages.ts';
import { SCREEN_TEXTS } from './locales/screens.ts';
import { announcement } from './screens/announcement.ts';
import { inAppNotice } from './ui/in-app-notice.ts';
import { LATE_MS, timerText } from './ui/elements.ts';
import { messageStyles } from './screens/message.styles.ts';
import { payStyles } from './screens/pay.styles.ts';
import { drawScreen } from './screens/screen.ts';
import { testMark } from './screens/test-mark.ts';
import type { PartName, Timer, View } from './view.ts';
import type { Connection, Refusal } from './session/types.ts';
import { explainRefusal } from './browser/developer-note.ts';
import { screenOf, timeLeft, type ChosenBank, type Screen, type EntryMode } from './state/state.ts';
import { CheckoutStore } from './state/store.ts';
import { enterByTab, makeTabEntry } from './browser/tab-entry.ts';
import { controlStyles } from './theme/controls.ts';
import { frameStyles } from './theme/frame.ts';
import { inAppNoticeStyles } from './ui/in-app-notice.styles.ts';
import { themeStyles } from './theme/tokens.ts';
import { chooseDevice, chooseEntryModes, platformFor, sberLinks } from './state/layout.ts';

/**
 * Attributes that the element sets on itself, only after its first paint: a framework that hydrates a server's markup before
 * then must not find attributes that it did not render.
 */
const REFLECTED = ['screen', 'status'] as const;

/**
 * After this time without a way to pay, the screen says that the payment is slow. Most payments have a link in the first
 * snapshot.
 */
const SLOW_MS = 20_000;

/**
 * @summary Takes one payment by SBP, SberPay or the payer's own QR code: shows what fits the payer's device and follows the payment's status live.
 *
 * @event sbp-ready - Emitted when the first snapshot of the payment arrives.
 * @event sbp-status - Emitted when the payment's status changes, and with the first snapshot. `previous` is `null` the first time.
 * @event sbp-paid - Emitted once when the payment is paid.
 * @event sbp-failed - Emitted when the payment fails: once, and again if it fails after a renewal. The snapshot's `failure` says why.
 * @event sbp-expired - Emitted when the time to pay runs out: once, and again after a renewal. `sbp-paid` may still follow.
 * @event sbp-canceled - Emitted once when the payment is canceled. `sbp-paid` may still follow.
 * @event sbp-bank-open - Emitted when the payer taps a bank. Call `preventDefault()` to open its `url` yourself.
 * @event sbp-connection - Emitted when the state of the connection to the companion changes.
 * @event sbp-error - Emitted when the payment cannot be opened. Only after the code `no-companion` may it still open later.
 * @event sbp-step - Emitted once for each step of the payer through the checkout, for statistics. Holds no personal data.
 *
 * @slot - Fallback content, such as the `fallback_html` of your server: shown until the element has drawn itself, and instead of it where it cannot.
 * @slot header - Content above everything else.
 * @slot logo - A logo that the shop is licensed to use, shown above the payment.
 * @slot footer - Content below everything else.
 * @slot paid - Replaces the built-in screen of a paid payment.
 * @slot failed - Replaces the built-in screen of a failed payment.
 * @slot expired - Replaces the built-in screen of an expired payment.
 *
 * @csspart base - The card around everything.
 * @csspart test - The mark of a test payment.
 * @csspart amount - The amount to pay.
 * @csspart status - The line with the current status.
 * @csspart timer - The time left to pay.
 * @csspart qr - The white background of the QR code.
 * @csspart banks - The bank lists.
 * @csspart bank - The link of one bank.
 * @csspart search - The field that searches the banks.
 * @csspart phone - The field for the phone number that gets a payment message.
 * @csspart scanner - The field for the payer's own QR code.
 * @csspart button - Every button, and every link that looks like one.
 * @csspart message - The main text of a screen, and the result of a payer's action.
 */
export class SbpCheckout extends LitElement {
  static override styles = [
    themeStyles,
    controlStyles,
    frameStyles,
    payStyles,
    inAppNoticeStyles,
    messageStyles,
  ];

  static override properties = {
    token: {},
    endpoint: {},
    locale: {},
    theme: { useDefault: true },
    device: { useDefault: true },
    timer: { useDefault: true },
    messages: { converter: readMessages },
    redirect: { type: Number },
    signal: {},
  };

  /** The token of the payment, which your server receives when it creates the payment. A new token opens another payment. */
  declare token: string | null;
  /** The URL of the companion. Defaults to the address that this script was loaded from. */
  declare endpoint: string | null;
  /** The language: `ru`, `en` or one that `messages` adds. Defaults to the nearest `lang` attribute, or else to `ru`. */
  declare locale: string | null;
  /** The color theme: `light`, `dark`, or `auto` for the setting of the payer's system. Defaults to `auto`. */
  declare theme: 'auto' | 'light' | 'dark';
  /** The payer's device: `mobile`, `tablet`, `desktop`, or `auto` to detect it. Defaults to `auto`. */
  declare device: 'auto' | DeviceType;
  /** When to show the time left: `always`, `late` (the last two minutes) or `off`. Defaults to `always`. */
  declare timer: Timer;
  /**
   * The shop's own texts in place of the built-in ones: an object, or JSON in the attribute, such as
   * `{"paid": "Спасибо за заказ"}`. Texts under a language tag apply to that language only; the tag may add a language that the
   * element does not have. Defaults to `null`: built-in texts only.
   */
  declare messages: Messages | null;
  /**
   * Seconds between `paid` and the return to the shop (the snapshot's `return_url`), which the payer can stop. Applies only to a
   * payment that becomes paid while the page is open. Defaults to `null`: the payer stays on the page.
   */
  declare redirect: number | null;
  /**
   * How the page signals a payment that becomes paid: `sound`, `vibration`, or both, separated by a space. Defaults to
   * `null`: neither.
   */
  declare signal: string | null;

  readonly #store: CheckoutStore;
  readonly #session: CheckoutSession;
  readonly #countdown: Countdown;
  readonly #announcer: Announcer;
  readonly #elements: LazyElements<PartName>;
  readonly #sight: Visibility;

  readonly #fallback: Fallback;
  readonly #attributes: AttributeMemory;
  readonly #steps = new Set<Step>();
  #painted = false;
  #drawn: Screen | null = null;
  /** True when the payer has seen the present payment. */
  #seen = false;
  #hadFocus = false;
  #language: Language;
  #device: DeviceType = 'desktop';
  #inApp: InApp | null = null;
  #entryModes: readonly EntryMode[] = [];
  #origin = '';
  #snapshotCount = 0;

  constructor() {
    super();
    this.#fallback = new Fallback();
    this.#attributes = new AttributeMemory();
    this.token = null;
    this.endpoint = null;
    this.locale = null;
    this.theme = 'auto';
    this.device = 'auto';
    this.timer = 'always';
    this.messages = null;
    this.redirect = null;
    this.signal = null;
    this.#language = chooseLanguage([], null);
    this.#store = new CheckoutStore(this);
    this.#session = new CheckoutSession(this, {
      snapshot: (snapshot, times) => {
        const first = !this.#store.state.snapshot;
        this.#store.take(snapshot, times, this.#origin);
        // A recalled destination: the payer left for the bank before this page was loaded again.
        if (first && this.#store.state.destination) this.#session.current?.returned();
        this.#snapshotCount++;
        this.requestUpdate();
      },
      connection: (connection, network) => this.#store.dispatch({ type: 'connection', connection, network }),
      refused: (refusal) => this.#refuse(refusal, ''),
      companionNotFound: (came) => this.#refuse('no-companion', came),
    });
    this.#countdown = new Countdown(this, {
      left: () => this.#left(),
      tick: () => this.#tick(),
      jumped: () => this.#session.current?.wake(true),
    });
    this.#announcer = new Announcer(this);
    this.#elements = new LazyElements(this, PARTS, () => this.connection === 'offline');
    this.#sight = new Visibility(this, {
      near: () => this.#session.want(),
      seen: () => {
        this.#seen = true;
        this.requestUpdate();
      },
    });
    this.addEventListener('focus', () => this.focus());
    new PageLifecycle(this, {
      back: () => this.#comeBack(),
      hidden: () => this.#session.current?.away(),
      left: () => this.#session.current?.rest(),
      focused: () => {
        this.#session.current?.wake(false);
        if (this.#mayHavePaid()) this.#session.current?.returned();
      },
      offline: () => this.#session.current?.wentOffline(),
      online: () => this.#session.current?.cameOnline(),
      resized: () => this.requestUpdate(),
    });
  }

  /** The payment's status, `null` before the first snapshot. Reflected as the attribute `status`. */
  get status(): PaymentStatus | null {
    return this.#store.state.snapshot?.status ?? null;
  }

  /** The screen that the payer sees. Reflected as the attribute `screen`. */
  get screen(): Screen {
    return screenOf(this.#store.state);
  }

  /** The last snapshot from the companion, `null` before the first one. */
  get snapshot(): Snapshot | null {
    return this.#store.state.snapshot;
  }

  /** The state of the connection to the companion: `connecting`, `live`, `polling` or `offline`. */
  get connection(): Connection {
    return this.#store.state.connection;
  }

  /** The bank picker, if it is on the screen. It has no properties until its part is loaded. */
  get #banks(): Partial<SbpBankPicker> | null {
    return this.renderRoot.querySelector<SbpBankPicker>('sbp-bank-picker');
  }

  /** Moves the focus to the heading of the screen, unless something in the element already has the focus. */
  override focus(options?: FocusOptions): void {
    if (!this.shadowRoot?.activeElement) this.shadowRoot?.querySelector('h2')?.focus(options);
  }

  /**
   * Requests the payment's status from the companion now. Resolves after the response, or after the request has timed out.
   */
  async refresh(): Promise<void> {
    this.#session.want();
    await this.#session.check(false);
    await this.updateComplete;
  }

  static override get observedAttributes(): string[] {
    return [...super.observedAttributes, ...REFLECTED];
  }

  override attributeChangedCallback(name: string, old: string | null, text: string | null): void {
    if (name === 'screen' || name === 'status') {
      if (text !== this[name]) this.requestUpdate(); // Something, such as a morphing library, removed the attribute: set it again.
      return;
    }
    const property = name as 'token';
    if (!this.#attributes.isNews(name, text, this[property])) return;
    if (name === 'messages' && text && !readMessages(text)) return;
    super.attributeChangedCallback(name, old, text);
    this.#attributes.keep(name, text, this[property]);
  }

  protected override createRenderRoot(): HTMLElement | DocumentFragment {
    const root = this.#fallback.show(this) ?? super.createRenderRoot();
    isolateTyping(root as ShadowRoot);
    return root;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.#sight.begin();
    this.requestUpdate(); // The nearest `lang` may differ here, and the countdown must restart.
  }

  protected override willUpdate(changed: PropertyValues<this>): void {
    if (changed.has('token') || changed.has('endpoint')) this.#open();
    const language = chooseLanguage([this.locale, nearestLang(this)], this.messages);
    if (changed.has('messages') || language.tag !== this.#language.tag) this.#language = language;
    this.#device = chooseDevice(this.device, this.snapshot?.device ?? null);
    this.#inApp = this.#device === 'desktop' ? null : inAppBrowser();
    const app = sberLinks(this.snapshot, this.#device, this.#origin);
    this.#entryModes = chooseEntryModes(this.#device, this.#store.state.entryMode, app?.length !== 0);
    this.#hadFocus = this.renderRoot.contains((this.renderRoot as ShadowRoot).activeElement);
    if (this.screen !== this.#drawn) this.#announce(this.screen);
    // Load the parts for the detected device early: before the first snapshot, and even before there is a token.
    if (this.isConnected && (!this.snapshot || isOpen(this.snapshot.status))) {
      if (this.#entryModes.includes('qr')) this.#elements.need('sbp-qr-code');
      if (this.#entryModes.includes('banks')) this.#elements.need('sbp-bank-picker');
      if (this.#inApp) this.#elements.need('sbp-way-out');
    }
  }

  protected override firstUpdated(): void {
    afterPaint(() => {
      this.#painted = true;
      if (!this.isUpdatePending) this.#reflect(); // Otherwise updated() reflects, once the pending screen is drawn.
    });
  }

  protected override updated(): void {
    const { screen, status } = this;
    if (this.#painted) this.#reflect();
    this.#countdown.follow(this.isConnected && status !== null && isOpen(status));
    if (screen === 'checking') this.#session.insist(() => this.screen === 'checking');
    if (this.#hadFocus && !(this.renderRoot as ShadowRoot).activeElement) {
      // The focused element was removed: focus the new heading, or the focus returns to the top of the page.
      this.renderRoot.querySelector('h2')?.focus();
    }
    if (this.isConnected) this.#elements.needThoseOf(this.renderRoot);
    const turned = screen !== this.#drawn;
    this.#drawn = screen;
    for (const event of this.#store.takeNews()) this.dispatchEvent(event);
    if (turned && screen === 'paid' && this.#store.state.changedOnScreen) void this.#notifyPaid();
    if (this.#seen && (screen === 'pay' || screen === 'choose')) this.#step('shown');
    // A recalled destination: the payer left before this page was loaded again.
    if (this.#store.state.destination && this.#store.state.departedAt === null) this.#step('returned');
    if (this.#seen && screen === 'pay' && this.snapshot?.presentation.kind === 'link') {
      for (const way of this.#entryModes) this.#step(way);
    }
    if (this.#fallback.isBlank(this) || (this.#fallback.isShown && this.#isWhole())) {
      this.#fallback.giveWay(this.renderRoot as ShadowRoot, SbpCheckout);
      this.requestUpdate();
    }
  }

  /**
   * Returns true when the drawn screen, still hidden behind the fallback, is complete. Until the payment is known, the fallback is
   * the better way to pay: also without a token, and when no companion responds.
   */
  #isWhole(): boolean {
    const { refusal, snapshot } = this.#store.state;
    if (refusal) return refusal.startsWith('http-4');
    const { slow, banksReady } = this.#view();
    if (!snapshot || (this.screen === 'loading' && !slow)) return false;
    const parts = [...this.renderRoot.querySelectorAll(':not(:defined)')];
    return (
      !parts.some(({ localName }) => this.#elements.isComing(localName as PartName)) &&
      (banksReady || !this.#banks)
    );
  }

  #reflect(): void {
    for (const name of REFLECTED) {
      const text = this[name];
      if (text) this.setAttribute(name, text);
      else this.removeAttribute(name);
    }
    enterByTab(this);
    // htmx saves the page's markup, and the token in it, in the browser's storage. This attribute prevents that for the
    // whole page.
    if (this.hasAttribute('token')) this.setAttribute('data-hx-history', 'false');
  }

  /** Moves the focus to the new content: the tapped button stays, with the opposite label. */
  async #showEntryMode(way: EntryMode): Promise<void> {
    this.#store.dispatch({ type: 'entry-mode', entryMode: way });
    await this.updateComplete;
    this.renderRoot.querySelector('h2')?.focus();
    this.#announcer.say(announcement(this.#view()));
  }

  #announce(screen: Screen): void {
    // A screen reader reads a payment that opens normally in its place; announce everything else.
    const opening = this.#drawn === null || (this.#drawn === 'loading' && !this.#steps.has('shown'));
    if (!opening || !['loading', 'choose', 'pay'].includes(screen)) {
      this.#announcer.say(announcement(this.#view()));
    }
  }

  #open(): void {
    const endpoint = resolveEndpoint(this.endpoint);
    this.#origin = endpoint?.origin ?? '';
    this.#steps.clear();
    this.#seen = false;
    if (this.isConnected) this.#sight.begin();
    this.#store.dispatch({ type: 'reset' });
    if (endpoint && this.token) {
      this.#session.open({ endpoint: endpoint.origin + endpoint.pathname, token: this.token });
    } else {
      this.#session.open(null);
      this.#store.dispatch({ type: 'refused', refusal: endpoint ? 'no-token' : 'bad-endpoint' });
    }
  }

  /** @param received What a request got instead of a companion's response. */
  #refuse(refusal: Refusal, came: string): void {
    // An element that was moved on the page gets the same refusal again: report it once.
    if (refusal === this.#store.state.refusal) return;
    this.#store.dispatch({ type: 'refused', refusal });
    const endpoint = resolveEndpoint(this.endpoint);
    if (endpoint) explainRefusal(refusal, addressAt(endpoint, 'checkout/v1/session'), came);
  }

  #left(): number | null {
    return timeLeft(this.#store.state, performance.now());
  }

  #tick(): void {
    const left = this.#left();
    this.#store.dispatch({ type: 'time-up', timeUp: left === 0 });
    if (left !== null && left > 0 && left <= LATE_MS && this.screen === 'pay' && this.timer !== 'off') {
      const texts = this.#language.texts(SCREEN_TEXTS);
      this.#announcer.say(`${timerText({ state: this.#store.state, texts })} ${texts.hurry}`);
    }
    this.requestUpdate();
  }

  /** The page was hidden and is visible again. A focus alone is no return: the dialog "Open in …?" takes the focus, too. */
  #comeBack(): void {
    this.#session.current?.wake(true);
    if (this.#mayHavePaid()) this.#session.current?.returned();
    this.requestUpdate();
    if (this.#store.state.destination) this.#step('returned');
  }

  /** Returns true if the payer may have paid elsewhere: in a bank's app or page, or through the message to the phone. */
  #mayHavePaid(): boolean {
    const { destination, lastAction } = this.#store.state;
    return destination !== null || (lastAction?.path === '/push' && lastAction.outcome === 'done');
  }

  #step(step: Step): void {
    if (this.#steps.has(step)) return;
    this.#steps.add(step);
    this.dispatchEvent(new SbpStepEvent(step));
  }

  async #check(): Promise<void> {
    this.#store.dispatch({ type: 'check', check: 'busy' });
    const answered = await this.#session.check(true);
    this.#store.dispatch({ type: 'check', check: answered ? 'unpaid' : 'unanswered' });
  }

  #openBank(bank: ChosenBank, tap: Event, isBlocked: boolean): void {
    const ours = this.dispatchEvent(new SbpBankOpenEvent(bank));
    if (!ours || isBlocked) tap.preventDefault();
    if (ours && isBlocked) {
      this.#store.dispatch({ type: 'bank-blocked', bank });
      return;
    }
    this.#step('bank-open');
    this.#store.depart(bank);
  }

  /** Signals the payment to a payer who is not looking at the page. */
  async #notifyPaid(): Promise<void> {
    const signals = this.signal?.split(/\s+/) ?? [];
    try {
      const { notifyPaid } = await import('./controllers/paid-notification.ts');
      notifyPaid({
        title: this.#language.texts(SCREEN_TEXTS).paid,
        icon: addressAt(resolveEndpoint(this.endpoint)!, 'paid.svg'),
        sound: signals.includes('sound'),
        vibration: signals.includes('vibration'),
      });
    } catch {
      // The module did not load. The screen shows the result anyway.
    }
  }

  #view(): View {
    const { pendingSince } = this.#store.state;
    return {
      state: this.#store.state,
      screen: this.screen,
      texts: this.#language.texts(SCREEN_TEXTS),
      language: this.#language,
      origin: this.#origin,
      device: this.#device,
      inApp: this.#inApp,
      entryModes: this.#entryModes,
      timer: this.timer,
      redirect: this.redirect,
      left: this.#left(),
      slow: pendingSince !== null && performance.now() - pendingSince >= SLOW_MS,
      snapshotCount: this.#snapshotCount,
      banksReady: this.#banks?.ready === true || this.#elements.isLost('sbp-bank-picker'),
      isComing: (name) => this.#elements.isComing(name),
      isLost: (name) => this.#elements.isLost(name),
      inAppNotice: () =>
        inAppNotice({
          endpoint: this.endpoint,
          token: this.token,
          language: this.#language,
          inApp: this.#inApp,
          held: this.#store.state.blockedBank,
          screen: this.screen,
        }),
      actions: this.#actions,
    };
  }

  readonly #actions: View['actions'] = {
    chooseEntryMode: (way) => void this.#showEntryMode(way),
    check: () => void this.#check(),
    openBank: (bank, tap, isBlocked) => this.#openBank(bank, tap, isBlocked),
    departTo: (destination) => this.#store.depart(destination),
    dispatch: (event) => this.#store.dispatch(event),
    step: (step) => this.#step(step),
    loadBanks: (signal) => this.#session.loadBanks(platformFor(this.snapshot?.device ?? null), signal),
    redraw: () => this.requestUpdate(),
    sendAction: (path, body) => this.#session.sendAction(path, body),
  };

  protected override render(): TemplateResult {
    const view = this.#view();
    const { tag, direction } = this.#language;
    return html`<section
      part="base"
      class="card ${this.theme}"
      lang=${tag}
      dir=${direction}
      aria-label=${view.texts.payment}
      ?hidden=${this.#fallback.isShown}
    >
      ${testMark(view)}<slot name="header"></slot><slot name="logo"></slot>
      ${drawScreen(view)}
      <slot name="footer"></slot>
      ${this.#announcer.render()}
    </section>`;
  }
}

function afterPaint(then: () => void): void {
  requestAnimationFrame(() => setTimeout(then));
}

makeTabEntry(SbpCheckout.prototype);

declare global {
  interface HTMLElementTagNameMap {
    'sbp-checkout': SbpCheckout;
  }
}
