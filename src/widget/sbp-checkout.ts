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
import { tellDeveloper } from './controllers/tell-developer.ts';
import { screenOf, timeLeft, type ChosenBank, type Screen, type EntryMode } from './state/state.ts';
import { CheckoutStore } from './state/store.ts';
import { enterByTab, makeTabEntry } from './browser/tab-entry.ts';
import { controlStyles } from './theme/controls.ts';
import { frameStyles } from './theme/frame.ts';
import { inAppNoticeStyles } from './ui/in-app-notice.styles.ts';
import { themeStyles } from './theme/tokens.ts';
import { chooseDevice, chooseEntryModes, platformFor, sberLinks } from './state/layout.ts';

/**
 * Written to the element itself, and not before its first paint: a framework that takes over a server's markup by then
 * finds no attribute there that it does not know.
 */
const REFLECTED = ['screen', 'status'] as const;

/** A payment that has no link by then is late: most have theirs with the first snapshot. */
const SLOW_MS = 20_000;

/**
 * @summary Takes one payment by SBP, SberPay or the payer's own code: shows the way to pay that fits the payer's device and follows the payment live.
 *
 * @event sbp-ready - The first snapshot has come.
 * @event sbp-status - The payment's status is another.
 * @event sbp-paid - Paid. Once.
 * @event sbp-failed - It failed; the snapshot's `failure` tells why. Once.
 * @event sbp-expired - The time to pay has run out. Once, and again after a renewal; `sbp-paid` may still follow.
 * @event sbp-canceled - Called off. Once; `sbp-paid` may still follow.
 * @event sbp-bank-open - A bank was tapped; `preventDefault()` leaves the opening to the shop.
 * @event sbp-connection - The line to the companion is another.
 * @event sbp-error - This payment cannot be opened; after the code `no-companion` it may be later.
 * @event sbp-step - A step of the payer's way, for statistics.
 *
 * @slot - Shown until the element has drawn its own, and where it cannot: the `fallback_html` of your server.
 * @slot header - Above everything.
 * @slot logo - A mark that the shop is licensed to use, above the payment.
 * @slot footer - Below everything.
 * @slot paid - Instead of the built-in screen.
 * @slot failed - Instead of the built-in screen.
 * @slot expired - Instead of the built-in screen.
 *
 * @csspart base - The card.
 * @csspart test - The mark of a test payment.
 * @csspart amount - The amount.
 * @csspart status - The line that says what is going on.
 * @csspart timer - The time left.
 * @csspart qr - The QR code's white plate.
 * @csspart banks - The bank lists.
 * @csspart bank - One bank's link.
 * @csspart search - The bank search.
 * @csspart phone - The field for the phone to send a message to.
 * @csspart scanner - The field for the payer's own code.
 * @csspart button - Every button and button-like link.
 * @csspart message - What a screen has to say, and what became of what the payer did.
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

  /** The payment token that the shop's server got with the payment. Another one opens another payment. */
  declare token: string | null;
  /** The companion's address. Default: where this script came from. */
  declare endpoint: string | null;
  /** `ru`, `en` or a language of `messages`. Default: the nearest `lang` attribute, else `ru`. */
  declare locale: string | null;
  /** `light`, `dark`, or `auto` (default): as the payer's system has it. */
  declare theme: 'auto' | 'light' | 'dark';
  /** What the payer holds: `auto` (default), `mobile`, `tablet` or `desktop`. */
  declare device: 'auto' | DeviceType;
  /** The time left: `always` (default), `late` (the last two minutes) or `off`. */
  declare timer: Timer;
  /**
   * The shop's own texts in place of ours, as an object or, in the attribute, as JSON: `{"paid": "Спасибо за заказ"}`, or
   * under a language's tag for that one alone, which may be one that the element does not come with.
   */
  declare messages: Messages | null;
  /**
   * Seconds after which a payer who has just paid is taken back to the shop (the snapshot's `return_url`), unless they stay.
   * Default: never. A payment that was paid before the page was opened takes nobody anywhere.
   */
  declare redirect: number | null;
  /** What else says that it is paid: `sound`, `vibration`, both, or nothing (default). */
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
  /** This payment, by the payer. */
  #seen = false;
  #hadFocus = false;
  #language: Language;
  #device: DeviceType = 'desktop';
  #inApp: InApp | null = null;
  #entryModes: readonly EntryMode[] = [];
  #origin = '';

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
        // Recalled: the payer had left for the bank from another life of this page.
        if (first && this.#store.state.destination) this.#session.current?.returned();
        this.#banks?.retry?.();
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

  /** The payment's status; `null` before the first snapshot. Also an attribute. */
  get status(): PaymentStatus | null {
    return this.#store.state.snapshot?.status ?? null;
  }

  /** What the payer sees. Also an attribute. */
  get screen(): Screen {
    return screenOf(this.#store.state);
  }

  /** The last snapshot from the companion. */
  get snapshot(): Snapshot | null {
    return this.#store.state.snapshot;
  }

  /** The line to the companion. */
  get connection(): Connection {
    return this.#store.state.connection;
  }

  /** Without properties and methods until its part is loaded. */
  get #banks(): Partial<SbpBankPicker> | null {
    return this.renderRoot.querySelector<SbpBankPicker>('sbp-bank-picker');
  }

  /** Puts the focus on the screen's heading, unless the payer is at something in the element already. */
  override focus(options?: FocusOptions): void {
    if (!this.shadowRoot?.activeElement) this.shadowRoot?.querySelector('h2')?.focus(options);
  }

  /** Asks the companion now; resolves when it has answered, or has not in time. */
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
      if (text !== this[name]) this.requestUpdate(); // taken off, as by a morph: it comes back
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
    this.requestUpdate(); // the page's language may be another here, and the clock has to go on
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
    // By the page's own guess of the device, before the companion has spoken and even before there is a token.
    if (this.isConnected && (!this.snapshot || isOpen(this.snapshot.status))) {
      if (this.#entryModes.includes('qr')) this.#elements.need('sbp-qr-code');
      if (this.#entryModes.includes('banks')) this.#elements.need('sbp-bank-picker');
      if (this.#inApp) this.#elements.need('sbp-way-out');
    }
  }

  protected override firstUpdated(): void {
    afterPaint(() => {
      this.#painted = true;
      if (!this.isUpdatePending) this.#reflect(); // else with the next screen, once that is drawn
    });
  }

  protected override updated(): void {
    const { screen, status } = this;
    if (this.#painted) this.#reflect();
    this.#countdown.follow(this.isConnected && status !== null && isOpen(status));
    if (screen === 'checking') this.#session.insist(() => this.screen === 'checking');
    if (this.#hadFocus && !(this.renderRoot as ShadowRoot).activeElement) {
      // What had it is gone: on to what came instead, not back to the top of the page.
      this.renderRoot.querySelector('h2')?.focus();
    }
    if (this.isConnected) this.#elements.needThoseOf(this.renderRoot);
    const turned = screen !== this.#drawn;
    this.#drawn = screen;
    for (const event of this.#store.takeNews()) this.dispatchEvent(event);
    if (turned && screen === 'paid' && this.#store.state.changedOnScreen) void this.#showPaid();
    if (this.#seen && (screen === 'pay' || screen === 'choose')) this.#step('shown');
    // Recalled: it was another life of this page that the payer left.
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
   * Whether the picture, drawn and hidden so far, has all that it shows. While nothing is known of the payment, the
   * fallback is the better way to pay: also without a token, or a companion that answers.
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
    // htmx keeps a page's markup in the browser's storage, and the token with it. Found anywhere on the page, this says no.
    if (this.hasAttribute('token')) this.setAttribute('data-hx-history', 'false');
  }

  /** The button that was tapped stays and now says the opposite: on to what it has brought. */
  async #showEntryMode(way: EntryMode): Promise<void> {
    this.#store.dispatch({ type: 'entry-mode', entryMode: way });
    await this.updateComplete;
    this.renderRoot.querySelector('h2')?.focus();
    this.#announcer.say(announcement(this.#view()));
  }

  #announce(screen: Screen): void {
    // A payment that opens as it should is read in its place; everything else is news.
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

  /** `came`: what came in place of the companion's answer. */
  #refuse(refusal: Refusal, came: string): void {
    // An element that was moved on the page meets the same trouble again.
    if (refusal === this.#store.state.refusal) return;
    this.#store.dispatch({ type: 'refused', refusal });
    const endpoint = resolveEndpoint(this.endpoint);
    if (endpoint) tellDeveloper(refusal, addressAt(endpoint, 'checkout/v1/session'), came);
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

  /** A window that merely gets the focus has been there all the time: an app's "open in …?" takes it, too. */
  #comeBack(): void {
    this.#session.current?.wake(true);
    if (this.#mayHavePaid()) this.#session.current?.returned();
    this.requestUpdate();
    if (this.#store.state.destination) this.#step('returned');
  }

  /** Whether the payer may have paid elsewhere: in a bank's app or page, or by the message to the phone. */
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

  #openBank(bank: ChosenBank, tap: Event, held: boolean): void {
    const ours = this.dispatchEvent(new SbpBankOpenEvent(bank));
    if (!ours || held) tap.preventDefault();
    if (ours && held) {
      this.#store.dispatch({ type: 'bank-blocked', bank: bank });
      return;
    }
    this.#step('bank-open');
    this.#store.depart(bank);
  }

  /** For a payer who looks elsewhere. */
  async #showPaid(): Promise<void> {
    const signals = this.signal?.split(/\s+/) ?? [];
    try {
      const { notifyPaid: showPaid } = await import('./controllers/paid-notification.ts');
      showPaid({
        title: this.#language.texts(SCREEN_TEXTS).paid,
        icon: addressAt(resolveEndpoint(this.endpoint)!, 'paid.svg'),
        sound: signals.includes('sound'),
        vibration: signals.includes('vibration'),
      });
    } catch {
      // Not to be had now: the screen says it.
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
    openBank: (bank, tap, held) => this.#openBank(bank, tap, held),
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
