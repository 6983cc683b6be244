import { html, nothing, type TemplateResult } from 'lit';
import { fill } from '../locales/messages.ts';
import type { Screen } from '../state.ts';
import { other } from './other.ts';
import { money, statusLine } from './pieces.ts';
import type { View } from './view.ts';

/** The screens that nothing is to be done on: texts call their titles by the same names. */
export type ResultScreen = Exclude<Screen, 'loading' | 'choose' | 'pay' | 'waiting' | 'checking'>;

/** Strokes within a 24 × 24 box, on a disc of this tone. */
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

export function resultWords(
  { texts, state }: View,
  screen: ResultScreen,
): { title: string; detail?: string } {
  switch (screen) {
    case 'paid':
      return { title: texts.paid, ...(state.snapshot?.late && { detail: texts.paidLate }) };
    case 'expired':
      return { title: texts.expired, detail: texts.expiredDetail };
    case 'failed':
      return { title: texts.failed, detail: texts.failedDetail };
    case 'error':
      return { title: texts.error, detail: texts.errorDetail };
    default:
      return { title: isPartly(state) ? texts.partlyRefunded : texts[screen] };
  }
}

function isPartly({ snapshot }: View['state']): boolean {
  return snapshot?.status === 'partial_refunded';
}

/** Takes the whole surface: a mark, what happened, how much, one way on. */
export function resultScreen(view: View, screen: ResultScreen): TemplateResult {
  const { state } = view;
  const [tone, mark] = MARKS[screen];
  const { title, detail } = resultWords(view, screen);
  const content = html`<div class="center result">
    <svg class="mark ${tone}" viewBox="0 0 24 24" aria-hidden="true">
      <circle cx="12" cy="12" r="12"></circle>
      <path d=${mark}></path>
    </svg>
    <h2 tabindex="-1" part="message">${title}</h2>
    ${state.snapshot && screen !== 'error' ? summary(view) : nothing}
    ${detail ? html`<p class="detail">${detail}</p>` : nothing}
    ${canRenew(state) ? other(view, 'renew') : nothing} ${wayBack(view)}
    ${screen === 'expired' && state.connection === 'offline' ? statusLine(view) : nothing}
  </div>`;
  return screen === 'paid' || screen === 'failed' || screen === 'expired'
    ? html`<slot name=${screen}>${content}</slot>`
    : content;
}

function summary(view: View): TemplateResult {
  const { merchant, order_id } = view.state.snapshot!;
  const facts = [merchant.name, order_id ? fill(view.texts.order, { id: order_id }) : ''].filter(Boolean);
  // How much of it was returned is not in the snapshot, and the whole would be read as that.
  return html`${isPartly(view.state) ? nothing : html`<p class="amount" part="amount">${money(view)}</p>`}
    <p class="order">${facts.join(' · ')}</p>`;
}

function canRenew({ snapshot }: View['state']): boolean {
  return snapshot?.status === 'expired' && snapshot.actions.includes('renew');
}

function wayBack({ state, texts }: View): TemplateResult | typeof nothing {
  const url = state.snapshot?.return_url;
  if (!url || !isWebAddress(url)) return nothing;
  const kind = canRenew(state) ? '' : 'primary';
  return html`<a class="button ${kind}" part="button" href=${url}>${texts.backToShop}</a>`;
}

function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false; // a relative address would lead somewhere else on every page that embeds us
  }
}
