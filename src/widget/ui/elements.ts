import { html, nothing, type TemplateResult } from 'lit';
import { fitsQr } from '../../protocol/qr-capacity.ts';
import { formatMoney } from '../../protocol/money.ts';
import { fill } from '../locales/messages.ts';
import { choices } from '../state/state.ts';
import type { View } from '../view.ts';

/** Below this time left, the timer is amber; with `timer="late"` it is shown only then. Milliseconds. */
export const LATE_MS = 120_000;

/** Returns `kopecks` in the payment's currency. `kopecks` defaults to the payment's amount. Returns an empty text before the first snapshot. */
export function money(
  { state, language }: Pick<View, 'state' | 'language'>,
  kopecks = state.snapshot?.amount ?? 0,
): string {
  return state.snapshot ? formatMoney(kopecks, language.tag, state.snapshot.currency) : '';
}

/** Returns the heading: what the payer has to do, by the kind of presentation and the method. */
export function headingText({ state, screen, texts }: Pick<View, 'state' | 'screen' | 'texts'>): string {
  if (screen === 'choose') return texts.chooseMethod;
  const { presentation, method } = state.snapshot ?? {};
  if (presentation?.kind === 'form') return texts.formTitle;
  if (presentation?.kind === 'scan') return texts.scanTitle;
  return method === 'sberpay' ? texts.sberTitle : texts.title;
}

/*
 * All templates set texts as `textContent`: page translators replace text nodes by elements, and Lit would keep writing
 * into its old node. Names, numbers and amounts carry `translate="no"` and `notranslate`, the two marks that translators
 * respect.
 */

/** Draws the shop and the order on one side and the amount on the other. Draws grey bars of the same size before the first snapshot. */
export function paymentHeader(view: View): TemplateResult {
  const { snapshot } = view.state;
  if (!snapshot) {
    return html`<div class="head" aria-hidden="true">
      <div>
        <p class="shop"><span class="bone wide"></span></p>
        <p class="order"><span class="bone"></span></p>
      </div>
      <p class="amount"><span class="bone"></span></p>
    </div>`;
  }
  return html`<div class="head">
    <div>
      <p class="shop notranslate" translate="no" .textContent=${snapshot.merchant.name}></p>
      <p
        class="order notranslate"
        translate="no"
        .textContent=${snapshot.order_id ? fill(view.texts.order, { id: snapshot.order_id }) : nothing}
      ></p>
    </div>
    <p class="amount notranslate" translate="no" part="amount" .textContent=${money(view)}></p>
  </div>`;
}

/** Returns the timer's label: the lifetime of the code, or the payer's time when there is no code. */
export function timerText({ state, texts }: Pick<View, 'state' | 'texts'>): string {
  const offer = state.snapshot?.presentation;
  return offer?.kind === 'link' && fitsQr(offer.url) ? texts.timeLeft : texts.timeToPay;
}

export function timerLine(view: View): TemplateResult | typeof nothing {
  const { left, timer, screen } = view;
  // Keep the timer's room while the payment loads, so that nothing moves when it appears.
  if (screen === 'loading' && timer === 'always') return html`<p class="timer"></p>`;
  if (screen !== 'pay' && screen !== 'waiting') return nothing;
  if (left === null || timer === 'off' || (timer === 'late' && left > LATE_MS)) return nothing;
  return html`<p class="timer ${left > LATE_MS ? '' : 'late'}" part="timer" role="timer">
    <span .textContent=${timerText(view)}></span>
    <span class="digits notranslate" translate="no" .textContent=${clockText(left)}></span>
  </p>`;
}

/** Formats milliseconds as `m:ss`, or `h:mm:ss` from one hour. Rounds up, so the last second shows 0:01. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** Draws one line with the state of the connection or of the payment. */
export function statusLine({
  state,
  texts,
  screen,
}: Pick<View, 'state' | 'texts' | 'screen'>): TemplateResult {
  const { connection, network } = state;
  const offline = connection === 'offline';
  const working = screen === 'checking' || state.snapshot?.status === 'processing';
  const online = screen === 'loading' ? texts.loading : working ? texts.updates : texts.live;
  const text = !offline ? online : network ? `${texts.noAnswer}. ${texts.updates}` : texts.offline;
  return html`<p class="status ${offline ? 'offline' : screen === 'loading' ? 'news' : ''}" part="status">
    <span class="dot ${connection}" aria-hidden="true"></span><span .textContent=${text}></span>
  </p>`;
}

export function button(text: string, act: () => void, kind = '', busy = false): TemplateResult {
  return html`<button
    class="button ${kind}"
    part="button"
    type="button"
    aria-busy=${busy ? 'true' : nothing}
    @click=${act}
    .textContent=${text}
  ></button>`;
}

/** Draws the button to the list of methods. Draws nothing when there is only one method. */
export function otherMethodButton({
  state,
  texts,
  actions,
}: Pick<View, 'state' | 'texts' | 'actions'>): TemplateResult | typeof nothing {
  return state.snapshot && choices(state.snapshot).length > 1
    ? button(texts.otherMethod, () => actions.dispatch({ type: 'choosing', choosing: true }), 'other')
    : nothing;
}

/** Draws the button that checks the payment, and the result of the last check under it. */
export function checkButton(
  { texts, actions, state: { check } }: Pick<View, 'texts' | 'actions' | 'state'>,
  label = texts.check,
  kind = '',
): TemplateResult {
  const result =
    check && { busy: texts.checkingNow, unpaid: texts.notPaidYet, unanswered: texts.notChecked }[check];
  return html`${button(label, actions.check, kind, check === 'busy')}
    <p class=${result ? 'detail' : ''} part="message" role="status" .textContent=${result}></p>`;
}

/** Draws a link as a button. The caller has checked that `url` may be tapped. */
export function linkButton(
  text: string,
  url: string,
  {
    kind = '',
    target = null,
    tapped,
  }: {
    readonly kind?: string;
    readonly target?: '_blank' | '_top' | null;
    readonly tapped?: (tap: Event) => void;
  } = {},
): TemplateResult {
  return html`<a
    class="button ${kind}"
    part="button"
    href=${url}
    target=${target ?? nothing}
    rel=${target ? 'noopener noreferrer' : nothing}
    @click=${tapped}
    .textContent=${text}
  ></a>`;
}
