import { html, type TemplateResult } from 'lit';
import { logo } from '../art.ts';
import type { Actions, Model } from '../model.ts';
import { WORDS } from '../words.ts';
import { missingOrder, orderPage } from './order.ts';
import { storefront } from './storefront.ts';

export function page(model: Model, actions: Actions): TemplateResult {
  const words = WORDS[model.locale];
  const other = model.locale === 'ru' ? 'en' : 'ru';
  const goHome = (event: Event) => {
    event.preventDefault();
    actions.openShop();
  };
  return html`<header>
      <a class="brand" href="/" @click=${goHome}>
        ${logo}<span><strong>${words.name}</strong><span class="trade"> ${words.trade}</span></span>
      </a>
      <button class="plain" lang=${other} @click=${() => actions.setLocale(other)}>${words.other}</button>
    </header>
    <main>${content(model, actions)}</main>
    <footer>${words.footer}</footer>`;
}

function content(model: Model, actions: Actions): TemplateResult {
  switch (model.place.kind) {
    case 'shop':
      return storefront(model, actions);
    case 'missing':
      return missingOrder(model, actions);
    case 'order':
      return orderPage(model, model.place, actions);
  }
}
