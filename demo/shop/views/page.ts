import { html, type TemplateResult } from 'lit';
import { logo } from '../art.ts';
import type { Actions, Model } from '../model.ts';
import { TEXTS } from '../texts.ts';
import { missingOrder, orderPage } from './order.ts';
import { storefront } from './storefront.ts';

export function page(model: Model, actions: Actions): TemplateResult {
  const texts = TEXTS[model.locale];
  const other = model.locale === 'ru' ? 'en' : 'ru';
  const goHome = (event: Event) => {
    event.preventDefault();
    actions.openShop();
  };
  return html`<header>
      <a class="brand" href="/" @click=${goHome}>
        ${logo}<span><strong>${texts.name}</strong><span class="trade"> ${texts.trade}</span></span>
      </a>
      <button class="plain" lang=${other} @click=${() => actions.setLocale(other)}>${texts.other}</button>
    </header>
    <main>${content(model, actions)}</main>
    <footer>${texts.footer}</footer>`;
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
