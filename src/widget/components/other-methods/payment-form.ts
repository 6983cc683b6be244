import { html, type TemplateResult } from 'lit';
import type { Presentation } from '../../../protocol/snapshot.ts';
import { linkTarget } from '../../browser/link-target.ts';

type FormOffer = Extract<Presentation, { kind: 'form' }>;

/**
 * Draws the payment system's form, which state/safe-presentation.ts has checked. The payer's tap submits the form without a
 * script, so that no policy of the page has to allow one.
 */
export function paymentForm(offer: FormOffer, label: string, onSubmit: () => void): TemplateResult {
  return html`<form
    action=${offer.action}
    method=${offer.http_method}
    target=${target(offer)}
    accept-charset="utf-8"
    @submit=${onSubmit}
  >
    ${offer.fields.map(({ name, value }) => html`<input type="hidden" name=${name} value=${value} />`)}
    <button class="button primary" part="button" .textContent=${label}></button>
  </form>`;
}

/** Returns the target: this tab, to which `return_url` leads back, or the top window when the form may not be framed. */
function target({ iframe }: FormOffer): '_self' | '_top' {
  return (iframe ? null : linkTarget()) ?? '_self';
}
