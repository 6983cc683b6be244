import { formatMoney } from '../../../protocol/money.ts';
import { fitsQr } from '../../../protocol/qr-capacity.ts';
import { drawQr } from '../../../protocol/qr.ts';
import { html, type Markup } from './html.ts';
import type { PageLanguage } from './language.ts';

const LABELS = { ru: 'QR-код для оплаты', en: 'QR code to pay' } satisfies Record<PageLanguage, string>;

/** Returns the accessible name of a QR code, with the sum. */
export function qrLabel(kopecks: number, currency: string, language: PageLanguage): string {
  return `${LABELS[language]} ${formatMoney(kopecks, language, currency)}`;
}

/**
 * Returns a QR code to place inside a page. It has no style and no id. Every colour is set, because it would inherit the
 * page's `fill` and `stroke`. `null` if the payload is longer than a QR can hold.
 */
export function inlineQr(payload: string, label: string): Markup | null {
  if (!fitsQr(payload)) return null;
  const { side, path } = drawQr(payload);
  // A whole number of pixels for each module keeps the code sharp.
  const pixels = side * Math.max(1, Math.floor(264 / side));
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    role="img"
    aria-label="${label}"
    width="${pixels}"
    height="${pixels}"
    viewBox="0 0 ${side} ${side}"
    shape-rendering="crispEdges"
  >
    <path fill="#fff" stroke="none" d="M0 0h${side}v${side}H0z" />
    <path fill="#000" stroke="none" d="${path}" />
  </svg>`;
}
