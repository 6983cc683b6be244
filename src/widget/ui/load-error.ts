import { html, nothing, type TemplateResult } from 'lit';
import { isWebAddress } from '../../protocol/link-scheme.ts';
import { button, linkButton } from './elements.ts';
import type { PartName, View } from '../view.ts';

/**
 * Draws the error inside an inner element that cannot be loaded, with the payment link and a reload button. The children of
 * an element are visible only until the element is defined. Returns `nothing` while the part can still load.
 */
export function loadError(
  { state, texts, origin, isLost }: Pick<View, 'state' | 'texts' | 'origin' | 'isLost'>,
  name: PartName,
): TemplateResult | typeof nothing {
  if (!isLost(name)) return nothing;
  const offer = state.snapshot?.presentation;
  const url = offer?.kind === 'link' ? offer.url : null;
  return html`<div class="lost" role="status">
    <p part="message" .textContent=${texts.lost}></p>
    ${isWebAddress(url, origin) ? linkButton(texts.payLink, url, { kind: 'primary', target: '_blank' }) : nothing}
    ${button(texts.tryAgain, () => location.reload())}
  </div>`;
}
