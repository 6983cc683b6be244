import { formatMoney } from '../../../protocol/money.ts';
import { qrBars } from './qr-image.ts';
import { html, type Markup } from './html.ts';
import type { PageLanguage } from './language.ts';

const LABELS = { ru: 'QR-код для оплаты', en: 'QR code to pay' } satisfies Record<PageLanguage, string>;

/** A code's accessible name: what it is, and the sum. */
export function qrLabel(kopecks: number, currency: string, language: PageLanguage): string {
  return `${LABELS[language]} ${formatMoney(kopecks, language, currency)}`;
}

/**
 * A QR code to stand within a page: no style, no id, and every colour said, since a page's own `fill` and `stroke` are
 * inherited. `null` if the payload is longer than a QR can hold.
 */
export function inlineQr(payload: string, label: string): Markup | null {
  const bars = qrBars(payload);
  if (bars === null) return null;
  const { modules, path } = bars;
  // Whole pixels a module, or the code blurs.
  const pixels = modules * Math.max(1, Math.floor(264 / modules));
  return html`<svg
    xmlns="http://www.w3.org/2000/svg"
    role="img"
    aria-label="${label}"
    width="${pixels}"
    height="${pixels}"
    viewBox="0 0 ${modules} ${modules}"
    shape-rendering="crispEdges"
  >
    <path fill="#fff" stroke="none" d="M0 0h${modules}v${modules}H0z" />
    <path fill="#000" stroke="none" d="${path}" />
  </svg>`;
}
