import { formatMoney } from '../../../protocol/money.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import { BANK_PAGE_WORDS, type BankPageLocale, type BankPageWords, type Result } from './bank-page-texts.ts';
import { html, type Markup } from '../pages/html.ts';

/** The values of the form field `action`. */
export const BANK_ACTIONS = ['pay', 'decline', 'process_then_pay'] as const;
export type BankAction = (typeof BANK_ACTIONS)[number];

export function isBankAction(value: unknown): value is BankAction {
  return BANK_ACTIONS.includes(value as BankAction);
}

/** The path of {@link BANK_PAGE_CSS} of `bank-page-css.ts`. */
export const BANK_STYLESHEET_PATH = '/sandbox/bank.css';
/** Relative to a bill's page, so that it works below any base path of a proxy. */
const BANK_STYLESHEET_HREF = '../bank.css';

export interface BankPage {
  /** Kopecks. */
  readonly amount: number;
  readonly currency: string;
  readonly merchantName: string;
  readonly orderId: string;
  readonly description: string | null;
  readonly status: PaymentStatus;
  /** True if the visitor has just used the form. If false, a paid bill is shown as paid earlier. */
  readonly acted: boolean;
  readonly locale: BankPageLocale;
  /** The address that the forms are submitted to. */
  readonly formAction: string;
  /** The shop's page; `null` when the shop gave none. */
  readonly returnUrl: string | null;
}

/** Seconds between reloads while the payment is processing: the page has no script. */
const PROCESSING_REFRESH_S = 2;

/** Returns the page of the sandbox's bank app: one bill to confirm, without scripts and inline styles. */
export function renderBankPage(page: BankPage): string {
  const words = BANK_PAGE_WORDS[page.locale];
  const amount = formatMoney(page.amount, page.locale, page.currency);
  const result = resultOf(page, words);
  const body = result ? renderResult(result, amount, page, words) : renderConfirmation(amount, page, words);
  const refresh = page.status === 'processing' ? PROCESSING_REFRESH_S : null;
  return renderDocument(page.locale, result?.words.title ?? words.title, body, refresh);
}

/** Returns the page for a link that belongs to no payment. */
export function renderUnknownBill(locale: BankPageLocale): string {
  const { unknown } = BANK_PAGE_WORDS[locale];
  const body = html`<div class="result" data-mark="none">${mark('none')}${headline(unknown)}</div>`;
  return renderDocument(locale, unknown.title, body, null);
}

type Mark = 'done' | 'wait' | 'none';

interface ShownResult {
  readonly mark: Mark;
  readonly words: Result;
}

/** Returns the result to show; `null` while the bill waits for a decision. */
function resultOf({ status, acted }: BankPage, words: BankPageWords): ShownResult | null {
  switch (status) {
    case 'created':
      return null;
    case 'processing':
      return { mark: 'wait', words: words.processing };
    case 'paid':
      return { mark: 'done', words: acted ? words.paid : words.alreadyPaid };
    case 'partial_refunded':
    case 'refunded':
      return { mark: 'done', words: words.alreadyPaid };
    case 'failed':
      return { mark: 'none', words: words.declined };
    case 'expired':
      return { mark: 'none', words: words.expired };
    case 'canceled':
      return { mark: 'none', words: words.canceled };
  }
}

function renderConfirmation(amount: string, page: BankPage, words: BankPageWords): Markup {
  return html`<h1>${words.title}</h1>
    <p class="amount">${amount}</p>
    ${renderDetails(page, words)}
    <form method="post" action="${page.formAction}">
      <button class="primary" name="action" value="pay">${words.pay(amount)}</button>
      <button class="secondary" name="action" value="process_then_pay">
        ${words.paySlowly}<small>${words.paySlowlyHint}</small>
      </button>
      <button class="quiet" name="action" value="decline">${words.decline}</button>
    </form>`;
}

function renderDetails(page: BankPage, words: BankPageWords): Markup {
  const rows = [
    [words.to, page.merchantName],
    [words.order, page.orderId],
    [words.purpose, page.description],
    [words.from, words.testAccount],
  ] as const;
  return html`<dl>
    ${rows.flatMap(([name, value]) =>
      value
        ? html`<div>
            <dt>${name}</dt>
            <dd>${value}</dd>
          </div>`
        : [],
    )}
  </dl>`;
}

function renderResult(result: ShownResult, amount: string, page: BankPage, words: BankPageWords): Markup {
  const back =
    result.mark !== 'wait' && page.returnUrl && /^https?:\/\//.test(page.returnUrl)
      ? html`<a class="primary" href="${page.returnUrl}" rel="noreferrer">${words.back}</a>`
      : null;
  return html`<div class="result" data-mark="${result.mark}" role="status">
      ${mark(result.mark)}${headline(result.words)}
      <p class="amount">${amount}</p>
      <p class="to">${page.merchantName}</p>
    </div>
    ${back}`;
}

function headline({ title, detail }: Result): Markup {
  return html`<h1>${title}</h1>
    <p class="detail">${detail}</p>`;
}

function mark(kind: Mark): Markup {
  const sign = {
    done: html`<path d="M15 24.5l6.5 6.5L34 18" />`,
    wait: html`<path d="M24 14v10l7 4" />`,
    none: html`<path d="M17 17l14 14M31 17L17 31" />`,
  }[kind];
  return html`<svg class="mark" viewBox="0 0 48 48" aria-hidden="true">
    <circle cx="24" cy="24" r="24" />
    ${sign}
  </svg>`;
}

function renderDocument(
  locale: BankPageLocale,
  title: string,
  body: Markup,
  refreshS: number | null,
): string {
  const words = BANK_PAGE_WORDS[locale];
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="referrer" content="no-referrer" />
        <meta name="robots" content="noindex" />
        ${refreshS === null ? null : html`<meta http-equiv="refresh" content="${refreshS}" />`}
        <title>${title} · ${words.bank}</title>
        <link rel="stylesheet" href="${BANK_STYLESHEET_HREF}" />
      </head>
      <body>
        <p class="sandbox">${words.sandbox}</p>
        <main>${body}</main>
      </body>
    </html> `.toString();
}
