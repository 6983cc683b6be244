import { formatMoney } from '../../../protocol/money.ts';
import type { Method } from '../../../protocol/snapshot.ts';
import type { PaymentStatus } from '../../../protocol/status.ts';
import type { PageLanguage } from '../pages/language.ts';
import { html, oneLine, type Markup } from '../pages/html.ts';
import { inlineQr, qrLabel } from '../pages/inline-qr.ts';

/** The fields of a create's response that the markup shows. */
export interface FallbackFields {
  readonly order_id: string;
  readonly amount: number;
  readonly currency: string;
  readonly status: PaymentStatus;
  readonly test: boolean;
  readonly method: Method | null;
  readonly qr_payload: string | null;
  readonly payment_url: string;
  readonly expires_at: string;
}

export interface FallbackOptions {
  readonly merchantName: string;
  /** `null` for Russian with a line of English. */
  readonly locale: PageLanguage | null;
}

const TEXTS = {
  ru: {
    order: 'Заказ',
    test: 'Тестовый платёж',
    scan: 'Наведите на код камеру телефона',
    scanSber: 'Наведите на код камеру в приложении СберБанк Онлайн',
    pay: 'Перейти к оплате',
    validUntil: 'Код действует до',
    moscow: 'по Москве',
    later: 'Что с платежом, видно на странице оплаты.',
  },
  en: {
    order: 'Order',
    test: 'Test payment',
    scan: 'Point your phone’s camera at the code',
    scanSber: 'Point the camera in the SberBank Online app at the code',
    pay: 'Go to payment',
    validUntil: 'The code is valid until',
    moscow: 'Moscow time',
    later: 'The payment page shows where the payment stands.',
  },
} satisfies Record<PageLanguage, Record<string, string>>;

/**
 * Returns the markup that a shop prints inside `<sbp-checkout>`. Payers see it until the element has loaded, and where no
 * script runs. It has no style, script or id, so that every Content-Security-Policy allows it and a page may hold it
 * twice. It cannot follow the payment, so it names the code's expiry and links to the payment page.
 */
export function fallbackHtml(payment: FallbackFields, { merchantName, locale }: FallbackOptions): string {
  const language = locale ?? 'ru';
  const texts = TEXTS[language];
  const sum = formatMoney(payment.amount, language, payment.currency);
  const code = codeOf(payment, language);
  return oneLine(
    html`<div class="sbp-fallback" lang="${language}">
      <p class="sbp-fallback-shop">${merchantName}</p>
      <p class="sbp-fallback-order">${texts.order} ${payment.order_id}</p>
      <p class="sbp-fallback-sum">${sum}</p>
      ${payment.test ? html`<p class="sbp-fallback-test">${texts.test}</p>` : null}${
        code &&
        html`<div class="sbp-fallback-code">
          ${code}
          <p>${payment.method === 'sberpay' ? texts.scanSber : texts.scan}</p>
        </div>`
      }
      <p class="sbp-fallback-link"><a href="${payment.payment_url}">${texts.pay}</a></p>
      ${locale === null ? englishLine(payment) : null}
      <p class="sbp-fallback-note">
        ${code && html`${texts.validUntil} ${moscowTime(payment.expires_at, language)} ${texts.moscow}. `}${texts.later}
      </p>
    </div>`,
  );
}

function codeOf(
  { status, qr_payload, amount, currency }: FallbackFields,
  language: PageLanguage,
): Markup | null {
  if (status !== 'created' || qr_payload === null) return null;
  return inlineQr(qr_payload, qrLabel(amount, currency, language));
}

function englishLine({ amount, currency, payment_url }: FallbackFields): Markup {
  return html`<p class="sbp-fallback-english" lang="en">
    <a href="${payment_url}">Pay ${formatMoney(amount, 'en', currency)}</a>
  </p>`;
}

function moscowTime(time: string, language: PageLanguage): Markup {
  const words = new Intl.DateTimeFormat(language, {
    day: 'numeric',
    month: 'long',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
    timeZone: 'Europe/Moscow',
  }).format(new Date(time));
  return html`<time datetime="${time}">${words}</time>`;
}
