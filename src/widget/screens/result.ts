import { html, nothing, type TemplateResult } from 'lit';
import type { Texts } from '../locales/texts.ts';
import type { Screen } from '../state.ts';
import { money, statusLine } from './pieces.ts';
import type { View } from './view.ts';

type Tone = 'success' | 'muted' | 'danger';

interface Result {
  readonly tone: Tone;
  /** Strokes within a 24 × 24 box. */
  readonly mark: string;
  readonly title: string;
  readonly detail: string | null;
}

const CHECK = 'M7 12.5l3.5 3.5 7-8';
const CROSS = 'M8 8l8 8M16 8l-8 8';
const CLOCK = 'M12 6.5v6l4 2.5';
const DASH = 'M7.5 12h9';
const BACK = 'M10 7l-4 4 4 4M6.5 11h7a4 4 0 0 1 0 8';
const ALERT = 'M12 6.5v7M12 17v.5';

function resultOf(screen: Screen, texts: Texts, late: boolean, partly: boolean): Result {
  switch (screen) {
    case 'paid':
      return { tone: 'success', mark: CHECK, title: texts.paid, detail: late ? texts.paidLate : null };
    case 'expired':
      return { tone: 'muted', mark: CLOCK, title: texts.expired, detail: texts.expiredDetail };
    case 'failed':
      return { tone: 'danger', mark: CROSS, title: texts.failed, detail: texts.failedDetail };
    case 'canceled':
      return { tone: 'muted', mark: DASH, title: texts.canceled, detail: null };
    case 'refunded':
      return {
        tone: 'muted',
        mark: BACK,
        title: partly ? texts.partlyRefunded : texts.refunded,
        detail: null,
      };
    default:
      return { tone: 'muted', mark: ALERT, title: texts.error, detail: texts.errorDetail };
  }
}

/** Takes the whole surface: a mark, what happened, how much, one way on. */
export function resultScreen(view: View): TemplateResult {
  const { state, screen, texts } = view;
  const { snapshot } = state;
  const result = resultOf(screen, texts, snapshot?.late ?? false, snapshot?.status === 'partial_refunded');
  const content = html`<div class="center result">
    ${mark(result)}
    <h2 tabindex="-1" part="message">${result.title}</h2>
    ${snapshot && screen !== 'error' ? summary(view) : nothing}
    ${result.detail ? html`<p class="detail">${result.detail}</p>` : nothing} ${wayBack(view)}
    ${screen === 'expired' && state.connection === 'offline' ? statusLine(view) : nothing}
  </div>`;
  switch (screen) {
    case 'paid':
      return html`<slot name="paid">${content}</slot>`;
    case 'failed':
      return html`<slot name="failed">${content}</slot>`;
    case 'expired':
      return html`<slot name="expired">${content}</slot>`;
    default:
      return content;
  }
}

function mark({ tone, mark }: Result): TemplateResult {
  return html`<svg class="mark ${tone}" viewBox="0 0 24 24" aria-hidden="true">
    <circle cx="12" cy="12" r="12"></circle>
    <path d=${mark}></path>
  </svg>`;
}

function summary(view: View): TemplateResult {
  const { merchant, order_id } = view.state.snapshot!;
  const facts = [merchant.name, order_id ? view.texts.order(order_id) : ''].filter(Boolean);
  // How much of it was returned is not in the snapshot, and the whole would be read as that.
  const partly = view.state.snapshot!.status === 'partial_refunded';
  return html`${partly ? nothing : html`<p class="amount" part="amount">${money(view)}</p>`}
    <p class="order">${facts.join(' · ')}</p>`;
}

function wayBack({ state, texts }: View): TemplateResult | typeof nothing {
  const url = state.snapshot?.return_url;
  if (!url || !isWebAddress(url)) return nothing;
  return html`<a class="button primary" part="button" href=${url}>${texts.backToShop}</a>`;
}

function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false; // a relative address would lead somewhere else on every page that embeds us
  }
}
