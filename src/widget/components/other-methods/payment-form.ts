import { html, type TemplateResult } from 'lit';
import type { Presentation } from '../../../protocol/snapshot.ts';
import { linkTarget } from '../../browser/link-target.ts';

type FormOffer = Extract<Presentation, { kind: 'form' }>;

/**
 * The payment system's form, looked at before it comes here (see safe-offer.ts). The browser posts it after one tap, as
 * it posts any form: no script submits it, so that no policy of the page has to allow one.
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

/** In this tab, which the shop's `return_url` comes back to; out of a frame, unless the page may be framed. */
function target({ iframe }: FormOffer): '_self' | '_top' {
  return (iframe ? null : linkTarget()) ?? '_self';
}
