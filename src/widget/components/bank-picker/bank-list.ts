import { html, nothing, type TemplateResult } from 'lit';
import { keyed } from 'lit/directives/keyed.js';
import type { Bank } from '../../../protocol/banks.ts';
import { isUnsafeToFollow, bankLinkTarget } from '../../browser/bank-link.ts';
import type { View } from '../../view.ts';

export type Shape = 'tile' | 'row';

export type OnBankTap = View['actions']['openBank'];

/** Draws one list of banks, each a real link. */
export function bankList(shape: Shape, banks: readonly Bank[], onBankTap: OnBankTap): TemplateResult {
  // role: Safari drops the list role of a list without markers.
  return html`<ul class="${shape}s" role="list">
    ${banks.map((bank) => html`<li>${bankLink(shape, bank, onBankTap)}</li>`)}
  </ul>`;
}

/** The name is keyed, so that text which a page translator has put there is removed with the bank. */
function bankLink(shape: Shape, bank: Bank, onBankTap: OnBankTap): TemplateResult {
  return html`<a
    part="bank"
    class=${shape}
    href=${bank.url}
    target=${bankLinkTarget(bank.url) ?? nothing}
    rel="noopener noreferrer"
    @click=${(tap: Event) => onBankTap(bank, tap, isUnsafeToFollow(bank.url))}
  >
    <span class="avatar" aria-hidden="true"
      ><span class="notranslate" translate="no" .textContent=${firstLetter(bank.name)}></span
      >${bank.logo_url ? logo(bank.logo_url) : nothing}</span
    >
    <span class="name notranslate" translate="no"
      >${keyed(bank.name, shape === 'tile' ? breakable(bank.name) : bank.name)}</span
    >
  </a>`;
}

/** Keyed, because a reused image shows the previous bank's logo until the new one has loaded. */
function logo(url: string): unknown {
  return keyed(url, html`<img src=${url} alt="" loading="lazy" decoding="async" @error=${hide} />`);
}

/** Hides a broken logo, so that the letter behind it shows. */
function hide(event: Event): void {
  (event.target as HTMLImageElement).hidden = true;
}

/** Adds a `<wbr>` before «банк»: «Райффайзенбанк» is wider than a tile, and not every browser hyphenates Russian. */
function breakable(name: string): readonly (string | TemplateResult)[] {
  return name.split(/(?=банк)/iu).map((part, index) => (index ? html`<wbr />${part}` : part));
}

/** Returns the first letter after «Банк» and legal forms, because half of the list begins with «Банк». */
function firstLetter(name: string): string {
  const own = name.replace(/^(?:[^\p{L}\p{N}]*(?:банк|пао|ао|ооо)(?=[^\p{L}\p{N}]+[\p{L}\p{N}]))+/iu, '');
  return (/[\p{L}\p{N}]/u.exec(own)?.[0] ?? '').toUpperCase();
}
