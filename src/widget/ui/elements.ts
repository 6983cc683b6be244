import { html, nothing, type TemplateResult } from 'lit';
import { fitsQr } from '../../protocol/qr-capacity.ts';
import { formatMoney } from '../../protocol/money.ts';
import { fill } from '../locales/messages.ts';
import { choices } from '../state/state.ts';
import type { View } from '../view.ts';

/** From here on the time left is amber and, with `timer="late"`, shown at all. */
export const LATE_MS = 120_000;

/** `kopecks`: the payment's amount unless told. */
export function money(
  { state, language }: Pick<View, 'state' | 'language'>,
  kopecks = state.snapshot?.amount ?? 0,
): string {
  return state.snapshot ? formatMoney(kopecks, language.tag, state.snapshot.currency) : '';
}

/** What the payer is to do, by whatever way to pay there is. */
export function headingText({ state, screen, texts }: Pick<View, 'state' | 'screen' | 'texts'>): string {
  if (screen === 'choose') return texts.chooseMethod;
  const { presentation, method } = state.snapshot ?? {};
  if (presentation?.kind === 'form') return texts.formTitle;
  if (presentation?.kind === 'scan') return texts.scanTitle;
  return method === 'sberpay' ? texts.sberTitle : texts.title;
}

/*
 * Texts are set as `textContent`, here and everywhere: page translators put elements of their own in the place of text
 * nodes, and Lit goes on writing into the node that it once made. What is no language (names, numbers, sums) they are
 * asked to leave alone, in both ways that they know.
 */

/** Shop and order on one side, the amount on the other; grey bars of the same size while nothing is known. */
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

/** Names the time that runs: the life of the code or, where there is none, the payer's own time. */
export function timerText({ state, texts }: Pick<View, 'state' | 'texts'>): string {
  const offer = state.snapshot?.presentation;
  return offer?.kind === 'link' && fitsQr(offer.url) ? texts.timeLeft : texts.timeToPay;
}

export function timerLine(view: View): TemplateResult | typeof nothing {
  const { left, timer, screen } = view;
  // Its room is kept while the payment loads, so that nothing moves when it comes.
  if (screen === 'loading' && timer === 'always') return html`<p class="timer"></p>`;
  if (screen !== 'pay' && screen !== 'waiting') return nothing;
  if (left === null || timer === 'off' || (timer === 'late' && left > LATE_MS)) return nothing;
  return html`<p class="timer ${left > LATE_MS ? '' : 'late'}" part="timer" role="timer">
    <span .textContent=${timerText(view)}></span>
    <span class="digits notranslate" translate="no" .textContent=${clockText(left)}></span>
  </p>`;
}

/** `m:ss`, from an hour on `h:mm:ss`. The last second still reads 0:01. */
export function clockText(ms: number): string {
  const seconds = Math.ceil(ms / 1_000);
  const [h, m, s] = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  const pad = (n: number): string => String(n).padStart(2, '0');
  return h > 0 ? `${h}:${pad(m)}:${pad(s)}` : `${m}:${pad(s)}`;
}

/** What is going on, in one quiet line. */
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

/** To the list of methods, never where there is only one. */
export function otherMethodButton({
  state,
  texts,
  actions,
}: Pick<View, 'state' | 'texts' | 'actions'>): TemplateResult | typeof nothing {
  return state.snapshot && choices(state.snapshot).length > 1
    ? button(texts.otherMethod, () => actions.dispatch({ type: 'choosing', choosing: true }), 'other')
    : nothing;
}

/** What its tap came to is told under it. */
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

/** `url` is one that may be tapped: whoever draws it has looked at it. */
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
