import { html, nothing, type TemplateResult } from 'lit';
import { isWebAddress } from '../../protocol/link-scheme.ts';
import { isRenewable } from '../../protocol/snapshot.ts';
import { post } from '../actions.ts';
import { fill } from '../locales/messages.ts';
import { linkTarget } from '../browser/link-target.ts';
import type { Screen } from '../state/state.ts';
import { otherMethodsPart } from './other-methods.ts';
import { button, checkButton, linkButton, money, statusLine } from '../ui/elements.ts';
import type { View } from '../view.ts';

/** The screens that show a result. The texts of their titles have the same names. */
export type ResultScreen = Exclude<Screen, 'loading' | 'choose' | 'pay' | 'waiting' | 'checking'>;

/** The tone of the disc, and the strokes of the mark in a 24 × 24 box. */
const MARKS: Readonly<Record<ResultScreen, readonly ['success' | 'muted' | 'danger', string]>> = {
  paid: ['success', 'M7 12.5l3.5 3.5 7-8'],
  expired: ['muted', 'M12 6.5v6l4 2.5'],
  failed: ['danger', 'M8 8l8 8M16 8l-8 8'],
  canceled: ['muted', 'M7.5 12h9'],
  refunded: ['muted', 'M10 7l-4 4 4 4M6.5 11h7a4 4 0 0 1 0 8'],
  error: ['muted', 'M12 6.5v7M12 17v.5'],
};

export function isResult(screen: Screen): screen is ResultScreen {
  return screen in MARKS;
}

export function resultTexts(view: View, screen: ResultScreen): { title: string; detail?: string } {
  const { texts, state } = view;
  switch (screen) {
    case 'paid':
      return { title: texts.paid, ...(state.snapshot?.late && { detail: texts.paidLate }) };
    case 'expired':
      return { title: texts.expired, detail: texts.expiredDetail };
    case 'failed':
      return { title: texts.failed, detail: failedDetail(view) };
    case 'error':
      return refusalTexts(view);
    case 'refunded':
      return { title: isPartlyRefunded(state) ? partialRefundText(view) : texts.refunded };
    case 'canceled':
      return { title: texts.canceled };
  }
}

/** Returns the texts when the state of the payment is unknown: the companion refused or does not answer. */
function refusalTexts({ state, texts }: View): { title: string; detail: string } {
  const { refusal, network } = state;
  if (refusal !== 'no-companion')
    return {
      title: texts.error,
      detail: refusal === 'origin-not-allowed' ? texts.notHere : texts.errorDetail,
    };
  return { title: texts.noAnswer, detail: network ? texts.noAnswerDetail : texts.offline };
}

/** Returns the reason of the failure, if known, and what the payer can do next. */
function failedDetail({ state, texts }: View): string {
  const { failure = null } = state.snapshot ?? {};
  const back = returnUrlOf(state) === null ? texts.failedThere : texts.failedBack;
  const advice = canRenew(state) ? texts.failedHere : back;
  return failure ? `${texts[failure]} ${advice}` : advice;
}

function isPartlyRefunded({ snapshot }: View['state']): boolean {
  return snapshot?.status === 'partial_refunded';
}

/** Returns the text of a partial refund. Another backend may leave the amount out. */
function partialRefundText(view: View): string {
  const { texts, state } = view;
  const part = state.snapshot!.refunded_amount;
  return part
    ? fill(texts.refundedPart, { part: money(view, part), amount: money(view) })
    : texts.partlyRefunded;
}

/** Draws a result: a mark, the title, the amount, and the way on. */
export function resultScreen(view: View, screen: ResultScreen): TemplateResult {
  const { state } = view;
  const [tone, mark] = MARKS[screen];
  const { title, detail } = resultTexts(view, screen);
  const content = html`<div class="center result">
    <svg class="mark ${tone}" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="12"></circle>
      <path d=${mark}></path>
    </svg>
    <h2 tabindex="-1" part="message" .textContent=${title}></h2>
    ${state.snapshot && screen !== 'error' ? summary(view) : nothing}
    ${detail ? html`<p class="detail" .textContent=${detail}></p>` : nothing}
    ${canRenew(state) ? renewButton(view) : nothing}
    ${state.refusal === 'no-companion' ? checkButton(view, view.texts.startAgain, 'primary') : nothing}
    ${returnLinks(view)}
    ${screen === 'expired' && state.connection === 'offline' ? statusLine(view) : nothing}
  </div>`;
  return screen === 'paid' || screen === 'failed' || screen === 'expired'
    ? html`<slot name=${screen}>${content}</slot>`
    : content;
}

function summary(view: View): TemplateResult {
  const { merchant, order_id, paid_at } = view.state.snapshot!;
  const facts = [merchant.name, order_id ? fill(view.texts.order, { id: order_id }) : ''].filter(Boolean);
  // After a partial refund the title names the refunded part. The whole amount below would be mistaken for it.
  return html`${isPartlyRefunded(view.state) ? nothing : html`<p class="amount notranslate" translate="no" part="amount" .textContent=${money(view)}></p>`}
    <p class="order notranslate" translate="no" .textContent=${facts.join(' · ')}></p>
    ${paid_at && view.screen === 'paid' ? html`<p class="order" .textContent=${dayAndTime(paid_at, view)}></p>` : nothing}`;
}

/** Formats a time in the payer's time zone: «25 ноября 2026 г. в 14:32». */
function dayAndTime(time: string, { language }: View): string {
  return new Intl.DateTimeFormat(language.tag, { dateStyle: 'long', timeStyle: 'short' }).format(
    new Date(time),
  );
}

function canRenew({ snapshot }: View['state']): boolean {
  return snapshot !== null && isRenewable(snapshot);
}

function returnUrlOf({ snapshot }: View['state']): string | null {
  const address = snapshot?.return_url ?? null;
  return isWebAddress(address) ? address : null;
}

/** Draws the button that renews the payment, and the error of the last try beside it. */
function renewButton(view: View): TemplateResult {
  const { state, texts } = view;
  const { method, status } = state.snapshot!;
  const busy = state.lastAction?.path === '/renew' && state.lastAction.outcome === 'busy';
  const noCode = method === null || method === 'buyer_qr';
  const label = noCode || status === 'failed' ? texts.startAgain : texts.renew;
  return html`${button(label, () => void post(view, '/renew', {}), 'primary', busy)}
  ${otherMethodsPart(view, 'renew', nothing)}`;
}

/** Draws the links to the shop and to the receipt, and the automatic return. */
function returnLinks(view: View): TemplateResult {
  const { state, texts, screen, redirect, language } = view;
  const { receipt_url = null } = state.snapshot ?? {};
  const shop = returnUrlOf(state);
  const leads = shop !== null && screen === 'paid' && (redirect ?? 0) > 0 && state.changedOnScreen;
  const way = { kind: canRenew(state) ? '' : 'primary', target: linkTarget() };
  return html`${shop === null ? nothing : linkButton(texts.backToShop, shop, way)}
  ${isWebAddress(receipt_url, '') ? linkButton(texts.receipt, receipt_url, { target: '_blank' }) : nothing}
  ${leads ? html`<sbp-auto-return exportparts="button" .language=${language} .seconds=${redirect} .address=${shop}></sbp-auto-return>` : nothing}`;
}
